/*
 * shelf.c - sessions that were put away, to be resumed.
 *
 * A name says which row it belongs to.  Who finds his row full takes the place
 * of the one that was put there first: with a single place for a name, two
 * clients of a busy server would now and then push each other out.
 */
#include <openssl/crypto.h>
#include <string.h>

#include "keeper/keeper.h"

#define ROWS   512
#define IN_ROW 8

static struct place {
	uint8_t source[KEEPER_SOURCE];
	uint8_t name[KEEPER_NAME];
	int64_t until_ms; /* 0: it is empty */
	size_t n;
	uint8_t data[KEEPER_DATA - KEEPER_NAME];
} shelf[ROWS][IN_ROW];

/* Names are random. */
static struct place *
row_of(const uint8_t name[KEEPER_NAME])
{
	return shelf[(name[0] | (size_t)name[1] << 8) % ROWS];
}

static struct place *
find(const uint8_t name[KEEPER_NAME])
{
	struct place *row = row_of(name);

	for (size_t i = 0; i < IN_ROW; i++)
		if (row[i].until_ms != 0 &&
		    CRYPTO_memcmp(row[i].name, name, KEEPER_NAME) == 0)
			return &row[i];
	return NULL;
}

/* What is empty is older than all. */
static struct place *
oldest(struct place *row)
{
	struct place *least = row;

	for (size_t i = 1; i < IN_ROW; i++)
		if (row[i].until_ms < least->until_ms)
			least = &row[i];
	return least;
}

bool
keeper_shelf_put(const uint8_t source[KEEPER_SOURCE],
    const uint8_t name[KEEPER_NAME], const uint8_t *data, size_t n,
    int64_t now_ms)
{
	struct place *p = find(name);

	if (n == 0 || n > sizeof(p->data))
		return false;
	if (p == NULL)
		p = oldest(row_of(name));
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
	struct place *p = find(name);

	if (p == NULL || memcmp(p->source, source, KEEPER_SOURCE) != 0)
		return 0;
	if (now_ms > p->until_ms) {
		OPENSSL_cleanse(p, sizeof(*p));
		return 0;
	}
	memcpy(data, p->data, p->n);
	return p->n;
}
