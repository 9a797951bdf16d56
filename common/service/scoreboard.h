/*
 * scoreboard.h - the scoreboard: what the master and the children let each
 * other see, for people who ask how the server is doing.
 *
 * Two pieces of shared memory with opposite rights.  The master's side (what
 * the children do; no client is named) is read-only for children, enforced by the kernel and not
 * by good manners.  The tally is written by children and only ever shown: no
 * decision of the master depends on it.
 */
#ifndef SCOREBOARD_H
#define SCOREBOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counted by children; one cache line for all is cheap enough. */
struct tally {
	_Atomic uint64_t requests; /* answered, or messages accepted */
	_Atomic uint64_t refused;  /* answered with 4xx or 5xx */
	_Atomic uint64_t received; /* bytes from clients */
	_Atomic uint64_t sent;     /* bytes to clients */
};

enum scoreboard_state {
	SCOREBOARD_FREE,
	SCOREBOARD_IDLE,
	SCOREBOARD_BUSY,
	SCOREBOARD_LEAVING
};

/* What children, and so whoever takes one over, may know of each other: not
 * whose connections they are. */
struct scoreboard_row {
	int32_t pid;
	uint32_t state;   /* enum scoreboard_state */
	int64_t since_ms; /* clock_ms(), of its fork or its connection */
	uint64_t served;  /* connections */
};

struct scoreboard_head {
	int64_t started_ms;   /* clock_ms() of the first image's start */
	uint64_t accepted;    /* connections handed to children so far */
	uint64_t turned_away; /* connections told that the server is full */
	uint64_t crashed;    /* children ended by a signal of their own doing */
	uint64_t reloads;    /* how often the master has exec'd itself */
	uint64_t busy, idle; /* children now */
	char sandbox[256];   /* what the kernel gave: sandbox_summary() */
	uint64_t slots;      /* rows that follow */
	struct scoreboard_row row[];
};

/*
 * In the master, once: make both pieces, the master's with so many rows.
 * Returns where the master may write, or NULL with errno.
 */
struct scoreboard_head *scoreboard_make(size_t slots);

/*
 * Between two images of the master: the descriptor of the tally, to be passed
 * on; and go on with the one that was passed, which is closed.  The second is
 * called before scoreboard_make(), which else makes a new tally.
 */
int scoreboard_tally_fd(void);
void scoreboard_inherit_tally(int fd);

/*
 * In a child of --isolation exec: find the pieces on their descriptors, which are
 * closed.  Without them the scoreboard is empty.
 */
void scoreboard_inherit(void);

/*
 * In the process that is about to exec a child: put the pieces on their
 * descriptors.  Returns 0, or -1 with errno.
 */
int scoreboard_bequeath(void);

/*
 * Read what the master wrote, as a child sees it.  NULL when there is no scoreboard (inetd).  It changes while it is
 * read.
 */
const struct scoreboard_head *scoreboard_read(void);

/*
 * The tally, never NULL: without a master it counts for nobody.
 */
struct tally *scoreboard_tally(void);

/*
 * In a child: add to the tally one request, whether it was refused, and the
 * bytes that came and went for it.
 */
void scoreboard_count(bool refused, uint64_t received, uint64_t sent);

#endif
