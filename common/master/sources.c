/*
 * sources.c - what is known of each source.
 *
 * A hash table with chains in one array.  The hash is seeded, so nobody can
 * choose addresses that share a chain.
 */
#include "master/sources.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "system/heap.h"

#define NONE UINT32_MAX

struct sources {
	uint64_t seed;
	size_t buckets; /* a power of two */
	size_t all;     /* entries there are */
	uint32_t free;
	uint32_t oldest, newest; /* of those that may be forgotten */
	uint32_t *head;
	struct source *at;
};

struct sources *
sources_new(size_t live, size_t kept)
{
	struct sources *t = calloc(1, sizeof(*t));
	size_t all = live + kept;

	if (t == NULL)
		return NULL;
	if (getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) < 0)
		t->seed = (uint64_t)(uintptr_t)t;
	for (t->buckets = 16; t->buckets < all; t->buckets *= 2)
		;
	t->all = all;
	t->head = heap_keep_back(t->buckets * sizeof(*t->head));
	t->at = heap_keep_back(all * sizeof(*t->at));
	if (t->head == NULL || t->at == NULL) {
		sources_free(t);
		return NULL;
	}
	memset(t->head, 0xff, t->buckets * sizeof(*t->head));
	t->free = t->oldest = t->newest = NONE;
	for (size_t i = all; i-- > 0;) {
		t->at[i].next = t->free;
		t->free = (uint32_t)i;
	}
	return t;
}

void
sources_free(struct sources *t)
{
	if (t == NULL)
		return;
	heap_free_back(t->head, t->buckets * sizeof(*t->head));
	heap_free_back(t->at, t->all * sizeof(*t->at));
	free(t);
}

static void
key_of(const struct addr *a, uint64_t key[2])
{
	const uint8_t *bytes = a->in6.sin6_addr.s6_addr;

	key[0] = a->len == 0 ? AF_UNSPEC : a->sa.sa_family;
	key[1] = 0;
	if (key[0] == AF_INET) {
		key[1] = a->in.sin_addr.s_addr;
	} else if (key[0] == AF_INET6 &&
	    IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr)) {
		key[0] = AF_INET;
		memcpy(&key[1], bytes + 12, 4);
	} else if (key[0] == AF_INET6) {
		memcpy(&key[1], bytes, 8); /* the /64 that one site gets */
	}
}

static uint32_t *
chain_of(struct sources *t, const uint64_t key[2])
{
	uint64_t h = (key[1] ^ t->seed) * 0x9e3779b97f4a7c15U + key[0];

	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93U;
	return &t->head[(h >> 32) & (t->buckets - 1)];
}

/* Take an entry out of the order of age. */
static void
unlink_age(struct sources *t, struct source *s)
{
	*(s->older == NONE ? &t->oldest : &t->at[s->older].newer) = s->newer;
	*(s->newer == NONE ? &t->newest : &t->at[s->newer].older) = s->older;
}

static void
link_newest(struct sources *t, struct source *s)
{
	uint32_t index = (uint32_t)(s - t->at);

	s->older = t->newest;
	s->newer = NONE;
	*(t->newest == NONE ? &t->oldest : &t->at[t->newest].newer) = index;
	t->newest = index;
}

void
sources_pin(struct sources *t, struct source *s)
{
	unlink_age(t, s);
}

void
sources_unpin(struct sources *t, struct source *s)
{
	link_newest(t, s);
}

void
sources_drop(struct sources *t, struct source *s)
{
	uint32_t index = (uint32_t)(s - t->at);
	uint32_t *link = chain_of(t, s->key);

	unlink_age(t, s);
	while (*link != index)
		link = &t->at[*link].next;
	*link = s->next;
	s->next = t->free;
	t->free = index;
}

struct source *
sources_get(struct sources *t, const struct addr *a)
{
	uint64_t key[2];

	key_of(a, key);
	return sources_find(t, key);
}

struct source *
sources_find(struct sources *t, const uint64_t key[2])
{
	uint32_t *head = chain_of(t, key), i;
	struct source *s;

	for (i = *head; i != NONE; i = t->at[i].next) {
		s = &t->at[i];
		if (memcmp(s->key, key, sizeof(s->key)) != 0)
			continue;
		/* Pinned ones are in no order; their turn comes when unpinned. */
		if (s->live == 0) {
			unlink_age(t, s);
			link_newest(t, s);
		}
		return s;
	}
	if (t->free == NONE && t->oldest != NONE)
		sources_drop(t, &t->at[t->oldest]);
	i = t->free;
	if (i == NONE)
		return NULL;
	s = &t->at[i];
	t->free = s->next;
	*s = (struct source){ .key = { key[0], key[1] }, .next = *head };
	*head = i;
	link_newest(t, s);
	return s;
}

/* The first pinned one in the array from there on. */
static const struct source *
pinned_from(const struct sources *t, size_t i)
{
	for (; i < t->all; i++)
		if (t->at[i].live > 0)
			return &t->at[i];
	return NULL;
}

const struct source *
sources_next(const struct sources *t, const struct source *s)
{
	uint32_t next = s == NULL ? t->oldest : s->newer;

	if (s != NULL && s->live > 0)
		return pinned_from(t, (size_t)(s - t->at) + 1);
	return next != NONE ? &t->at[next] : pinned_from(t, 0);
}
