/*
 * tls_key.h - the private key that lies in the place of tls_start.h.
 */
#ifndef TLS_KEY_H
#define TLS_KEY_H

#include <openssl/pem.h>

#include "tls_start.h"

static inline EVP_PKEY *
read_key(void)
{
	FILE *f = fopen(rig_in(rig_sh_place(), "key.pem"), "re");
	EVP_PKEY *key;

	cr_assert_not_null(f);
	key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	cr_assert_not_null(key);
	fclose(f);
	return key;
}

#endif
