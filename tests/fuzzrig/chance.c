/*
 * chance.c - OpenSSL's chance, the same each time.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method() */
#include "fuzzrig/chance.h"

#include <openssl/rand.h>

static uint64_t chance;

static int
take_chance(unsigned char *to, int n)
{
	for (int i = 0; i < n; i++) {
		chance = chance * UINT64_C(6364136223846793005) + 1442695040U;
		to[i] = (unsigned char)(chance >> 33);
	}
	return 1;
}

static int
has_chance(void)
{
	return 1;
}

void
chance_begin(uint64_t from)
{
	static const RAND_METHOD method = { .bytes = take_chance,
		.pseudorand = take_chance,
		.status = has_chance };

	RAND_set_rand_method(&method);
	chance = from;
}
