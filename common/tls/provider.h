/*
 * provider.h - keys that are elsewhere: OpenSSL asks us to sign, and we ask
 * the key keeper (keeper.h).
 *
 * A provider of OpenSSL with nothing in it but this.  It lives in a library
 * context of its own, so nothing else is ever taken from it.
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include <openssl/evp.h>

/*
 * A key that has the public half of this one, and whose private half the
 * keeper has under that number.  NULL with OpenSSL's errors.
 */
EVP_PKEY *tls_key(EVP_PKEY *public, int number);

#endif
