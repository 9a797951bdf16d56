/*
 * shelf.c - sessions that were put away, to be resumed.
 *
 * Each name has one place; who comes later to the same place has it.
 */
#include <openssl/crypto.h>
#include <string.h>

#include "keeper/keeper.h"

#define PLACES 4096

static struct place {
	uint8_t source[KEEPER_SOURCE];
	uint8_t name[KEEPER_NAME];
	int64_t until_ms; /* 0: it is empty */
	size_t n;
	uint8_t data[KEEPER_DATA - KEEPER_NAME];
} shelf[PLACES];

/* Names are random. */
static struct place *
place_of(const uint8_t name[KEEPER_NAME])
{
	return &shelf[(name[0] | (size_t)name[1] << 8) % PLACES];
}

bool
keeper_shelf_put(const uint8_t source[KEEPER_SOURCE],
    const uint8_t name[KEEPER_NAME], const uint8_t *data, size_t n,
    int64_t now_ms)
{
	struct place *p = place_of(name);

	if (n == 0 || n > sizeof(p->data))
		return false;
	OPENSSL_cleanse(p->data, sizeof(p->data));
	memcpy(p->source, source, KEEPER_SOURCE);
	memcpy(p->name, name, KEEPER_NAME);
	memcpy(p->data, data, n);
	p->n = n;
	p->until_ms = now_ms + KEEPER_LONGEST_S * INT64_C(1000);
	return true;
}

size_t
keeper_shelf_get(const uint8_t source[KEEPER_SOURCE],

    const uint8_t name[KEEPER_NAME], uint8_t data[KEEPER_DATA], int64_t now_ms)
{
	struct place *p = place_of(name);

	if (CRYPTO_memcmp(p->name, name, KEEPER_NAME) != 0 ||
	    memcmp(p->source, source, KEEPER_SOURCE) != 0 || p->until_ms == 0)
		return 0;
	if (now_ms > p->until_ms) {
		OPENSSL_cleanse(p, sizeof(*p));
		return 0;
	}
	memcpy(data, p->data, p->n);
	return p->n;
}
