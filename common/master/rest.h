/*
 * rest.h - the connections that rest: those that no process serves.
 *
 * A table with a list for each service, the one that has longest been silent
 * first, and a queue of those that have woken and wait for a process.  It
 * knows descriptors as numbers and makes no system call; what becomes of them
 * is in rest_watch.c, the only caller.
 */
#ifndef REST_H
#define REST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/service.h"
#include "system/addr.h"

#define REST_MOST 65536 /* in all, where there are descriptors for them */
#define REST_NONE 0     /* no index */

struct rested {
	int fd; /* -1: nothing is here */
	bool awake;
	size_t listener, service;
	int64_t accepted_us; /* clock_us() */
	int64_t until_ms;    /* clock_ms(): it is closed then */
	int64_t woke_ms;     /* awake: since when */
	struct addr peer;
	uint32_t before, after; /* the table's own */
};

struct rest;

/*
 * For so many at most.  Returns NULL with errno ENOMEM.
 */
struct rest *rest_new(size_t most);
void rest_free(struct rest *);

/*
 * One more, of which all but the table's own is copied.  Returns its index, or
 * REST_NONE when there are as many as may be, or no memory.  Indices are used
 * again; what rest_at() returned moves.
 */
uint32_t rest_add(struct rest *, const struct rested *);

/*
 * The one with this index, whose fd is -1 where there is none.
 */
struct rested *rest_at(struct rest *, uint32_t index);

/*
 * It is forgotten; it has woken, and is the last of those.
 */
void rest_remove(struct rest *, uint32_t index);
void rest_wake(struct rest *, uint32_t index, int64_t now);

/*
 * Of those that have woken: the first, and the one after that.
 */
uint32_t rest_first_awake(const struct rest *);
uint32_t rest_next_awake(const struct rest *, uint32_t index);

/*
 * Of those that have not: the one whose time is up first.
 */
uint32_t rest_oldest(const struct rest *);

/*
 * How many there are, awake or not; and of those that may be.
 */
size_t rest_count(const struct rest *);
size_t rest_most(const struct rest *);

/*
 * Show each.
 */
void rest_each(
    struct rest *, void (*show)(void *, const struct rested *), void *);

#endif
