/*
 * pool_inside.h - what the files of the pool share.  Nobody else includes it.
 */
#ifndef POOL_INSIDE_H
#define POOL_INSIDE_H

#include "service/pool.h"

#define POOL_NONE UINT32_MAX /* no index: the end of a list */

struct pool {
	struct pool_limits limits;
	const struct pool_birth *birth;
	struct board_head *board; /* children see it, and what follows */
	struct child *child;      /* limits.most of them */
	uint32_t *idle;           /* a stack of indices, hottest on top */
	size_t idle_count, busy_count;
	uint32_t unused;  /* list of empty slots */
	uint32_t *by_pid; /* heads of chains */
	size_t buckets;   /* a power of two */
	size_t want;      /* idle children that we now aim at */
	size_t unneeded;  /* the fewest that were idle since the last look */
	int64_t look_at;  /* when to look again whether some can go */
	int64_t retry_at;
	int64_t pause_ms;
};

/*
 * pool.c: fork one more into a free slot, in no list and no state yet; NULL
 * when there is no slot or fork fails or has failed a moment ago.
 */
struct child *pool_grow(struct pool *);

/*
 * pool_idle.c: take position at out of the idle stack, keeping the order of
 * the others.
 */
struct child *pool_pull_idle(struct pool *, size_t at);

#endif
