/*
 * sources.h - what is known of each source: a bounded table.
 *
 * Entries in use by live connections always fit; the others, kept for their
 * points, are forgotten oldest first.  For admit.c only.
 */
#ifndef SOURCES_H
#define SOURCES_H

#include <stddef.h>
#include <stdint.h>

#include "system/addr.h"

struct source {
	uint64_t key[2]; /* the family, and the bytes that count */
	uint32_t live;   /* connections now */
	uint32_t points; /* bad conduct, as of at_ms */
	int64_t at_ms;
	uint32_t next;         /* in its chain, or in the free list */
	uint32_t older, newer; /* in order of age, while live is 0 */
};

struct sources;

/*
 * Make a table for live entries in use and kept ones beside.  Returns NULL
 * with errno ENOMEM.
 */
struct sources *sources_new(size_t live, size_t kept);
void sources_free(struct sources *);

/*
 * Find the entry of an address, making one if there is none (forgetting the
 * oldest unused one if need be).  Never NULL as long as no more connections
 * live than sources_new() was told.
 */
struct source *sources_get(struct sources *, const struct addr *);

/*
 * The same by the key of an entry, which another table had.
 */
struct source *sources_find(struct sources *, const uint64_t key[2]);

/*
 * The entry behind this one; NULL: the first; and behind the last.  Those that
 * may be forgotten come first, in their order, then the others.
 */
const struct source *sources_next(
    const struct sources *, const struct source *);

/*
 * live went from 0 to 1, or from 1 to 0: the entry can no longer, or can
 * again, be forgotten.
 */
void sources_pin(struct sources *, struct source *);
void sources_unpin(struct sources *, struct source *);

/*
 * Forget an entry that is not pinned.
 */
void sources_drop(struct sources *, struct source *);

#endif
