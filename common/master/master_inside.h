/*
 * house.h - the master's state, shared by the files that make it up: master.c
 * (the loop), door*.c (accepting), zygote_watch.c and reap.c (the new and the dead),
 * orders.c (signals), reload.c.
 * Nobody else includes this.
 */
#ifndef HOUSE_H
#define HOUSE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "master/admit.h"
#include "master/refusal.h"
#include "master/master.h"
#include "master/pool.h"

#define RENEW_EVERY_MS 1000 /* at most, however often children crash */
#define REMIND_MS      250 /* to send a request that is on its way: see conn.c */

#define HOUSE_EARLY 512

enum house_state {
	HOUSE_OPEN,
	HOUSE_DRAINING, /* no new clients; the present ones finish */
	HOUSE_STOPPING, /* everyone was killed; waiting for the last */
};

struct house {
	const struct master_plan *plan;
	struct pool_birth birth;
	struct pool *pool;
	struct admit *admit;
	struct farewell *farewell;
	int epoll, signals;
	enum house_state state;
	int64_t drain_until; /* then the rest is killed */
	int64_t remind_at;   /* children asked to finish are asked again */

	bool door_shut;        /* listeners are not watched for a while */
	int64_t door_opens_at; /* CLOCK_NEVER: when a child ends */
	int64_t full_since;    /* CLOCK_NEVER: there is room */
	int64_t pause_ms;      /* after accept ran out of descriptors */
	uint64_t accepted;

	pid_t zygote;        /* the last one opened, or 0 */
	pid_t old_zygote;    /* the earlier image's, which is about to end */
	int64_t zygote_at;   /* when to open one; CLOCK_NEVER: no need */
	int64_t birth_since; /* a client waits for a birth, or CLOCK_NEVER */
	struct early {       /* ended before their birth was known */
		pid_t pid;
		int status;
		uint64_t until; /* so many births are known */
	} early[HOUSE_EARLY];
	size_t early_count;

	bool has_worked;       /* some child has served some client */
	unsigned stillborn;    /* children in a row that could not begin */
	int64_t image_ms;      /* when this image began */
	int64_t renew_at;      /* a crash was seen: get a new memory layout */
	pid_t checker;         /* tries the new options before a reload, or 0 */
	int64_t checker_until; /* then it is killed; CLOCK_NEVER: it was */
	bool asked_again;      /* for a reload, while that one was tried */
};

/* What an event of the epoll is about: the kind above, the index below. */
enum { TAG_LISTENER, TAG_SIGNAL, TAG_CHILD, TAG_FAREWELL, TAG_ZYGOTE };

static inline uint64_t
house_tag(unsigned kind, size_t index)
{
	return (uint64_t)kind << 32 | (uint32_t)index;
}

/*
 * door.c: clients wait at a listener; accept what waits already, before the
 * listeners are closed for good.
 */
void door_knock(struct house *, size_t listener);
void door_close(struct house *);

/*
 * door_full.c: there is still room: ask somebody to make more, if it is getting
 * scarce; there is none: may a client wait (then nobody is accepted for a
 * while)?  Does a client wait at this listener?  Tell a client that it cannot
 * come in; owns its descriptor.
 */
#define DOOR_WAIT_MS 500 /* clients may wait in the backlog so long */
void door_make_room(struct house *, const struct listener *);
bool door_may_wait(struct house *, const struct listener *);
bool door_is_awaited(const struct listener *);
void door_turn_away(struct house *, const struct listener *, int fd);

/*
 * door_watch.c: watch all listeners; watch none until then; a datagram socket
 * is lent to a child, and it was returned; there may be room again, for a
 * child has ended; do what is due now and say when next.
 */
int door_open(struct house *);
void door_pause(struct house *, int64_t until);
void door_lend(struct house *, size_t listener);
void door_returned(struct house *, size_t listener);
void door_room(struct house *);
int64_t door_due(struct house *);

/*
 * reap.c: children have ended; a child says something.  reap_all returns
 * whether any process of ours is left.
 */
bool reap_all(struct house *);
void reap_word(struct house *, size_t child);
void reap_one(struct house *, pid_t, int status);

/*
 * zygote_watch.c: open a zygote if it is time, and say when it will be; its news
 * arrives; it has ended; close it (it ends by itself); kill it; a process that
 * nobody knows has ended, which may be a child whose birth is not known yet:
 * is it kept for later?
 */
int64_t zygote_watch_due(struct house *);
void zygote_watch_hear(struct house *);
void zygote_watch_ended(struct house *, int status);
void zygote_watch_close(struct house *);
void zygote_watch_kill(struct house *);
bool zygote_watch_may_be(struct house *, pid_t, int status);

/*
 * orders.c: make the descriptor by which signals arrive; one has arrived;
 * begin to drain; kill the rest.
 */
int orders_open(void);
void orders_take(struct house *);
void orders_drain(struct house *, const char *why);
void orders_stop(struct house *);

/*
 * reload.c: begin a reload (try the options in a process of their own first);
 * break off a trial that takes too long, and say when that would be; the trial
 * has ended; break it off; take over from an earlier image of ours, which has
 * left children at work.
 */
void reload_begin(struct house *);
int64_t reload_due(struct house *);
void reload_decide(struct house *, int status);
void reload_give_up(struct house *);
void reload_adopt(struct house *);

#endif
