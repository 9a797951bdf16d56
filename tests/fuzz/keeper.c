/*
 * keeper.c - fuzz what a child may say to the key keeper.
 *
 * Properties, whatever is said in whatever order: a connection gets one
 * signature at most, puts two sessions away at most and looks for one at most;
 * nothing is answered once something was refused (the line is closed); what is
 * signed has one of the two forms that a handshake has.
 */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "keeper/keeper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD 8 /* bytes of the input that make the head of a question */

static void
have_key(void)
{
	static EVP_PKEY *key;

	if (key != NULL)
		return;
	key = EVP_EC_gen("P-256");
	keeper_key_set(0, key);
}

/* The next question of the input.  Returns how much of it that took. */
static size_t
take(struct keeper_ask *ask, const uint8_t *data, size_t size)
{
	size_t n;

	memset(ask, 0, sizeof(*ask));
	ask->kind = data[0] % 5;
	ask->key = data[1] % 2;
	ask->version = (uint16_t)(0x0302 + data[2] % 4);
	ask->scheme = data[3] % 2 ? 0x0403 : (uint16_t)(data[3] << 8 | data[4]);
	ask->n = (uint16_t)(data[5] | (data[6] & 7) << 8);
	n = ask->n < KEEPER_DATA ? ask->n : KEEPER_DATA;
	n = n < size - HEAD ? n : size - HEAD;
	memcpy(ask->data, data + HEAD, n);
	return HEAD + n;
}

static void
look_at_words(const struct keeper_ask *ask)
{
	uint8_t words[KEEPER_WORDS_MAX];
	size_t n = keeper_words(ask, words);

	if (n == 0)
		return;
	if (n > KEEPER_WORDS_MAX)
		abort();
	if (ask->version == KEEPER_TLS13 ?
		memcmp(words + 64, "TLS 1.3, server CertificateVerify", 34) !=
		    0 :
		words[64] != 3)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keeper_line line = { .fd = 0 };
	unsigned signs = 0, keeps = 0, fetches = 0;

	have_key();
	while (size >= HEAD) {
		struct keeper_answer answer = { .n = 0 };
		struct keeper_ask ask;
		size_t took = take(&ask, data, size);

		data += took;
		size -= took;
		if (ask.n <= KEEPER_DATA)
			look_at_words(&ask);
		if (!keeper_line_answer(&line, &ask, &answer, 1000))
			return 0;
		if (answer.n > KEEPER_DATA)
			abort();
		signs += ask.kind == KEEPER_SIGN;
		keeps += ask.kind == KEEPER_KEEP;
		fetches += ask.kind == KEEPER_FETCH;
		if (signs > 1 || keeps > KEEPER_KEEPS_MAX || fetches > 1)
			abort();
	}
	return 0;
}
