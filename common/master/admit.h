/*
 * admit.h - may this client come in?
 *
 * Decides before a process is spent on a client: so many live connections for
 * one source (an IPv4 address, an IPv6 /64), none for a while for a source
 * whose connections keep crashing children or breaking the rules, and a
 * growing share turned away when the server is nearly full.  Knows addresses
 * and counts; knows nothing of processes or protocols.  Called only by the
 * master.
 */
#ifndef ADMIT_H
#define ADMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/addr.h"

/* Sources remembered for their conduct alone; beyond it the one that was
 * looked at longest ago is forgotten. */
#define ADMIT_REMEMBERED 4096

/* Points for conduct.  They halve every ADMIT_HALF_LIFE_MS; from ADMIT_LIMIT
 * on nobody from there comes in. */
#define ADMIT_CRASH_POINTS 1024
#define ADMIT_WRONG_POINTS \
	512 /* wrong passwords: two tries a second, lasting */
#define ADMIT_RUDE_POINTS  32
#define ADMIT_LIMIT        4096
#define ADMIT_HALF_LIFE_MS 10000

struct admit;

struct admit_rules {
	size_t most;         /* live connections in all ... */
	size_t resting;      /* ... and of those that rest */
	uint64_t per_source; /* live connections of one source; 0: no end */
	/*
	 * Loopback and unix sockets are a machine talking to itself: no rule
	 * holds for them unless this is set.
	 */
	bool loopback_too;
};

enum verdict {
	ADMITTED,
	TOO_MANY_HERE, /* this source has its share already */
	PENALISED,     /* this source has behaved badly of late */
	UNLUCKY,       /* the server is nearly full, and lots were drawn */
};

/* How a connection ended, as far as its source is concerned. */
enum conduct_seen { SEEN_FINE, SEEN_RUDE, SEEN_WRONG, SEEN_CRASH };

/*
 * Returns NULL with errno ENOMEM.
 */
struct admit *admit_new(const struct admit_rules *);
void admit_free(struct admit *);

/*
 * Judge one client while live connections are open, and, if ADMITTED, count it
 * until admit_left() is called with the same address.  now is clock_ms().
 */
enum verdict admit_ask(
    struct admit *, const struct addr *, size_t live, int64_t now);
void admit_left(
    struct admit *, const struct addr *, enum conduct_seen, int64_t now);

/*
 * Count a client that is being served already, whatever the rules say of new
 * ones; admit_left() follows as for all.
 */
void admit_served(struct admit *, const struct addr *);

/*
 * What is remembered of a source's conduct, for an image of ours that comes
 * after this one: show each to a function, returning how many there are; and
 * remember one again.
 */
struct admit_memory {
	uint64_t key[2]; /* as in sources.h */
	uint64_t points;
	int64_t at_ms; /* clock_ms() */
};

size_t admit_each(const struct admit *,
    void (*show)(void *, const struct admit_memory *), void *);
void admit_recall(struct admit *, const struct admit_memory *);

#endif
