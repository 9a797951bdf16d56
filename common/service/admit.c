/*
 * admit.c - may this client come in?
 *
 * A hash table with chains in one array: as many entries as there can be
 * live connections, so it never grows and cannot be filled by strangers.
 */
#include "service/admit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define NONE UINT32_MAX

struct source {
	uint64_t key[2]; /* the family and the bytes that count */
	uint64_t live;   /* connections now */
	uint32_t next;   /* in its chain, or in the free list */
};

struct admit {
	uint64_t per_source;
	uint64_t seed; /* so that nobody can choose the chains */
	bool loopback_too;
	size_t buckets; /* a power of two */
	size_t in_use;
	uint32_t free;
	uint32_t *head;
	struct source *source;
};

struct admit *
admit_new(size_t most, uint64_t per_source, bool loopback_too)
{
	struct admit *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->per_source = per_source;
	a->loopback_too = loopback_too;
	if (getrandom(&a->seed, sizeof(a->seed), 0) < 0)
		a->seed = (uint64_t)(uintptr_t)a;
	for (a->buckets = 16; a->buckets < most; a->buckets *= 2)
		;
	a->head = malloc(a->buckets * sizeof(*a->head));
	a->source = calloc(most, sizeof(*a->source));
	if (a->head == NULL || a->source == NULL) {
		admit_free(a);
		return NULL;
	}
	memset(a->head, 0xff, a->buckets * sizeof(*a->head));
	a->free = NONE;
	for (size_t i = most; i-- > 0;) {
		a->source[i].next = a->free;
		a->free = (uint32_t)i;
	}
	return a;
}

void
admit_free(struct admit *a)
{
	if (a == NULL)
		return;
	free(a->head);
	free(a->source);
	free(a);
}

static void
key_of(const struct addr *a, uint64_t key[2])
{
	const uint8_t *bytes = a->in6.sin6_addr.s6_addr;

	key[0] = a->sa.sa_family;
	key[1] = 0;
	if (a->sa.sa_family == AF_INET) {
		key[1] = a->in.sin_addr.s_addr;
	} else if (a->sa.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr)) {
		key[0] = AF_INET;
		memcpy(&key[1], bytes + 12, 4);
	} else if (a->sa.sa_family == AF_INET6) {
		memcpy(&key[1], bytes, 8); /* the /64 that one site gets */
	}
}

static uint32_t *
chain_of(struct admit *a, const uint64_t key[2])
{
	uint64_t h = (key[1] ^ a->seed) * 0x9e3779b97f4a7c15U + key[0];

	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93U;
	return &a->head[(h >> 32) & (a->buckets - 1)];
}

/* The link that leads to the entry, or to the end of its chain. */
static uint32_t *
find(struct admit *a, const uint64_t key[2])
{
	uint32_t *link = chain_of(a, key);

	while (*link != NONE &&
	    memcmp(a->source[*link].key, key, sizeof(a->source[*link].key)) !=
		0)
		link = &a->source[*link].next;
	return link;
}

static bool
is_exempt(const struct admit *a, const struct addr *peer)
{
	return a->per_source == 0 ||
	    (!a->loopback_too && addr_is_loopback(peer));
}

bool
admit_ask(struct admit *a, const struct addr *peer)
{
	uint64_t key[2];
	struct source *s;
	uint32_t *link, one;

	if (is_exempt(a, peer))
		return true;
	key_of(peer, key);
	link = find(a, key);
	if (*link == NONE) {
		one = a->free;
		if (one == NONE)
			return false;
		s = &a->source[one];
		a->free = s->next;
		*s = (struct source){ .key = { key[0], key[1] }, .next = NONE };
		*link = one;
		a->in_use++;
	}
	s = &a->source[*link];
	if (s->live >= a->per_source)
		return false;
	s->live++;
	return true;
}

void
admit_left(struct admit *a, const struct addr *peer)
{
	uint64_t key[2];
	uint32_t *link, one;

	if (is_exempt(a, peer))
		return;
	key_of(peer, key);
	link = find(a, key);
	if (*link == NONE || --a->source[*link].live > 0)
		return;
	one = *link;
	*link = a->source[one].next;
	a->source[one].next = a->free;
	a->free = one;
	a->in_use--;
}

size_t
admit_sources(const struct admit *a)
{
	return a->in_use;
}
