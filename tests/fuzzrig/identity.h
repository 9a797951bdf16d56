/*
 * identity.h - a key and a certificate of localhost, made where they are
 * needed.
 */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <openssl/evp.h>
#include <stdio.h>

/*
 * Make a key of P-256, and write a certificate of it, signed by itself and good
 * for a day.  The key is the caller's.
 */
EVP_PKEY *identity_make(FILE *certificate);

#endif
