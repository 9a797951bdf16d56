/*
 * index_set.h - a set of messages, by their numbers.
 *
 * What a search for a text has found, as a bit for each number: to put
 * numbers in and to ask for them costs next to nothing, and a set takes no
 * more memory than the numbers it spans.  Pure.
 */
#ifndef INDEX_SET_H
#define INDEX_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEX_SET_MAX ((int64_t)1 << 40) /* no number is as large */

struct index_set {
	uint64_t **page; /* those that have a number in them */
	size_t count;
};

/*
 * Zeros are an empty set.  Returns 0, or -1: no memory, or no number of a
 * message.
 */
int index_set_add(struct index_set *, int64_t n);
bool index_set_has(const struct index_set *, int64_t n);
void index_set_free(struct index_set *);

#endif
