/*
 * smtp_cram.h - the answer to a CRAM-MD5 challenge (RFC 2195): HMAC-MD5
 * (RFC 2104) and the MD5 under it (RFC 1321).
 *
 * MD5 is broken for signatures and kept here for this one old mechanism, so
 * that no program loads a whole cryptographic library for it.  Pure.
 */
#ifndef SMTP_CRAM_H
#define SMTP_CRAM_H

#include "bytes/slice.h"

#define SMTP_CRAM_TEXT 33 /* 32 digits in lower case, and a NUL */

/*
 * Write the HMAC-MD5 of challenge with secret as the key.
 */
void smtp_cram_answer(
    struct slice secret, struct slice challenge, char text[SMTP_CRAM_TEXT]);

#endif
