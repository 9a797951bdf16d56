/*
 * provider_key.h - a key of the provider: the public half, and a number.  The
 * inside of provider.c.
 */
#ifndef PROVIDER_KEY_H
#define PROVIDER_KEY_H

#include <openssl/core_dispatch.h>
#include <openssl/evp.h>

/* The parameter that says which key of the keeper it is. */
#define PROVIDER_NUMBER "berth-number"

enum provider_kind { PROVIDER_EC, PROVIDER_RSA, PROVIDER_ED25519 };

struct provider_key {
	enum provider_kind kind;
	EVP_PKEY *public; /* OpenSSL's own; NULL until it is imported */
	int number;       /* -1: only to be compared */
};

extern const OSSL_DISPATCH tls_key_ec[], tls_key_rsa[], tls_key_ed25519[];

#endif
