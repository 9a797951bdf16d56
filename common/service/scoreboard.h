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

#include "service/service.h"

/* Of a time, the bucket that it falls into: at most so many microseconds, and
 * the last for all others. */
#define TALLY_BUCKETS 15
extern const uint32_t tally_bounds_us[TALLY_BUCKETS - 1];

struct tally_times {
	_Atomic uint64_t bucket[TALLY_BUCKETS];
	_Atomic uint64_t us; /* the sum */
};

/* What became of a message. */
enum tally_mail { MAIL_ACCEPTED, MAIL_DEFERRED, MAIL_REFUSED, MAIL_OUTCOMES };

/* Counted by children, for each service. */
struct tally_service {
	_Atomic uint64_t requests; /* answered, or messages accepted */
	_Atomic uint64_t refused;  /* answered with 4xx or 5xx */
	_Atomic uint64_t received; /* bytes from clients */
	_Atomic uint64_t sent;     /* bytes to clients */
	_Atomic uint64_t mails[MAIL_OUTCOMES];
	struct tally_times took; /* from a request's head to its reply's end */
	struct tally_times waited; /* from accept(2) to a child */
};

#define TALLY_TOLD 64

struct tally {
	struct tally_service of[SERVICE_MAX];
	_Atomic uint64_t told[TALLY_TOLD]; /* scoreboard_tell() */
};

/* The same for all services, as numbers. */
struct tally_sum {
	uint64_t requests, refused, received, sent;
};

/* How a connection ended, as the master saw it. */
enum scoreboard_end {
	ENDED_FINE,
	ENDED_RUDE,
	ENDED_SLOW,
	ENDED_GONE,
	ENDED_WRONG,
	ENDED_STALE,
	ENDED_CRASHED,
	ENDED_KILLED, /* by the master, or by its own alarm */
	SCOREBOARD_ENDS
};

#define SCOREBOARD_REFUSALS 8 /* enum refusal_kind has no more */

/* Counted by the master; what an image leaves to the next. */
struct scoreboard_counts {
	uint64_t births, fork_failures;
	uint64_t refused[SCOREBOARD_REFUSALS]; /* by enum refusal_kind */
	struct scoreboard_service {
		uint64_t accepted; /* handed to a child */
		uint64_t ended[SCOREBOARD_ENDS];
	} service[SERVICE_MAX];
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
	uint64_t busy_of[SERVICE_MAX]; /* of these, by service */
	uint64_t resting; /* connections that no child serves now */
	uint64_t leaving; /* the server is about to end: it is not ready */
	struct scoreboard_counts counts;
	char sandbox[256]; /* what the kernel gave: sandbox_summary() */
	uint64_t slots;    /* rows that follow */
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
 * What all services have counted.
 */
struct tally_sum scoreboard_sum(void);

/*
 * In a child: a connection of that service begins, for which its client has
 * waited so long; and it has ended, with so many bytes, of which those are
 * added that no request was counted for.
 */
void scoreboard_begin(size_t service, int64_t waited_us);
void scoreboard_end(uint64_t received, uint64_t sent);

/*
 * In between: add to the tally one request, whether it was refused, the bytes
 * that came and went for it, and how long it took; a message, by the code of
 * the reply to it.
 */
void scoreboard_count(
    bool refused, uint64_t received, uint64_t sent, int64_t took_us);
void scoreboard_count_mail(int code);

/*
 * Something is to be told once, of which this number stands for what it is (not
 * 0): is this the first process that says so?  The last TALLY_TOLD are known, for
 * as long as there is this image.  Before there is a scoreboard what is said
 * holds for it.
 */
bool scoreboard_tell(uint64_t what);

#endif
