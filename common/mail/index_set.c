/*
 * index_set.c - a set of messages, by their numbers.
 */
#include "mail/index_set.h"

#include <stdlib.h>
#include <string.h>

#define WORDS    512 /* of 64 numbers, in a page */
#define PER_PAGE ((int64_t)WORDS * 64)

static int
grow(struct index_set *s, size_t count)
{
	uint64_t **more = reallocarray(s->page, count, sizeof(s->page[0]));

	if (more == NULL)
		return -1;
	memset(more + s->count, 0, (count - s->count) * sizeof(s->page[0]));
	s->page = more;
	s->count = count;
	return 0;
}

int
index_set_add(struct index_set *s, int64_t n)
{
	size_t at;

	if (n < 0 || n >= INDEX_SET_MAX)
		return -1;
	at = (size_t)(n / PER_PAGE);
	if (at >= s->count && grow(s, at + 1) < 0)
		return -1;
	if (s->page[at] == NULL)
		s->page[at] = calloc(WORDS, sizeof(uint64_t));
	if (s->page[at] == NULL)
		return -1;
	s->page[at][n % PER_PAGE / 64] |= (uint64_t)1 << (n % 64);
	return 0;
}

bool
index_set_has(const struct index_set *s, int64_t n)
{
	size_t at = (size_t)(n / PER_PAGE);

	return n >= 0 && at < s->count && s->page[at] != NULL &&
	    (s->page[at][n % PER_PAGE / 64] >> (n % 64) & 1) != 0;
}

void
index_set_free(struct index_set *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->page[i]);
	free(s->page);
	*s = (struct index_set){ NULL, 0 };
}
