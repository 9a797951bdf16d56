/*
 * smtp_cram.h - the answer to a CRAM-MD5 challenge (RFC 2195): HMAC-MD5
 * (RFC 2104).
 *
 * MD5 is libmd's, as is WebSocket's SHA-1: a part of it is linked in, so that
 * no process maps a cryptographic library for this one old mechanism.  The two
 * keyed passes around it are ours: OpenSSL's HMAC is in the module for TLS,
 * which plain children do not map; libgsasl would map four libraries, with NTLM
 * and Kerberos; nettle linked in is 40 KiB and a constructor in every process
 * (libmd 3 KiB).  Tested with the vectors of RFC 2104 and 2202.  Pure.
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
