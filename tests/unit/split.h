/*
 * split.h - feed bytes as they might arrive.
 *
 * Each piece is copied to a block of exactly its size, so that a sanitizer
 * sees any reading beyond it.
 */
#ifndef SPLIT_H
#define SPLIT_H

#include <stdlib.h>
#include <string.h>

#include "bytes/slice.h"

static inline char *
split_copy(struct slice s)
{
	char *p = malloc(s.n + (s.n == 0));

	memcpy(p, s.p == NULL ? "" : s.p, s.n);
	return p;
}

/*
 * Give parse(context) ever longer beginnings of s until it has made up its
 * mind (not 0); returns what it said.
 */
static inline long
split_feed(struct slice s, long (*parse)(struct slice, void *), void *context)
{
	long n = 0;

	for (size_t i = 0; i <= s.n && n == 0; i++) {
		char *copy = split_copy((struct slice){ s.p, i });

		n = parse((struct slice){ copy, i }, context);
		free(copy);
	}
	return n;
}

#endif
