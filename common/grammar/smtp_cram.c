/*
 * smtp_cram.c - the answer to a CRAM-MD5 challenge.
 */
#include "grammar/smtp_cram.h"

#include <md5.h>
#include <stdio.h>
#include <string.h>

#define BLOCK  MD5_BLOCK_LENGTH
#define DIGEST MD5_DIGEST_LENGTH

/* The key with every byte turned over by pad, then the text, digested. */
static void
keyed(const uint8_t key[BLOCK], uint8_t pad, const void *text, size_t n,
    uint8_t digest[DIGEST])
{
	uint8_t turned[BLOCK];
	MD5_CTX m;

	for (unsigned i = 0; i < BLOCK; i++)
		turned[i] = key[i] ^ pad;
	MD5Init(&m);
	MD5Update(&m, turned, BLOCK);
	MD5Update(&m, text, n);
	MD5Final(digest, &m);
}

void
smtp_cram_answer(
    struct slice secret, struct slice challenge, char text[SMTP_CRAM_TEXT])
{
	uint8_t key[BLOCK] = { 0 }, inner[DIGEST], outer[DIGEST];
	MD5_CTX m;

	if (secret.n > BLOCK) {
		MD5Init(&m);
		MD5Update(&m, (const uint8_t *)secret.p, secret.n);
		MD5Final(key, &m);
	} else if (secret.n > 0) {
		memcpy(key, secret.p, secret.n);
	}
	keyed(key, 0x36, challenge.p, challenge.n, inner);
	keyed(key, 0x5c, inner, DIGEST, outer);
	for (unsigned i = 0; i < DIGEST; i++)
		snprintf(text + 2 * i, 3, "%02x", outer[i]);
}
