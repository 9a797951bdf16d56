/*
 * master_inside.h - the master's state, shared by the files that make it up.
 *
 * From above to below: master.c (the loop), signals.c, drain.c and accept.c,
 * reload.c, zygote_watch.c, restorer_watch.c and logger_watch.c (which are
 * called by way of the table of helpers), reap.c, accept_give.c,
 * accept_find.c, overload.c, accept_watch.c, room.c, paths.c, helpers.c.
 * Nobody else includes this.
 */
#ifndef MASTER_INSIDE_H
#define MASTER_INSIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "child/logger.h"
#include "child/restorer.h"
#include "master/admit.h"
#include "master/helpers.h"
#include "master/refusal.h"
#include "master/master.h"
#include "master/pool.h"
#include "master/refusal_tally.h"
#include "master/rest.h"
#include "master/share.h"

#define RENEW_EVERY_MS 1000 /* at most, however often children crash */
#define REMIND_MS      250 /* to ask again a child that is busy: see conn_idle.c */

#define MASTER_UNKNOWN 512

enum master_state {
	MASTER_OPEN,
	MASTER_DRAINING, /* no new clients; the present ones finish */
	MASTER_STOPPING, /* everyone was killed; waiting for the last */
};

struct master {
	const struct master_plan *plan;
	struct pool_birth birth;
	struct pool *pool;
	struct admit *admit;
	struct refusal *refusal;
	struct rest *rest;
	struct refusal_tally *refused; /* nobody else's: see heap.h */
	int epoll, signals;
	enum master_state state;
	int64_t asked_ms;    /* by a signal, to end; 0: not yet */
	pid_t asked_by;      /* this process; 0: the kernel, a terminal */
	int64_t leave_at;    /* then it drains; CLOCK_NEVER: nobody asked */
	int64_t drain_until; /* then the rest is killed */
	int64_t remind_at;   /* children asked to finish are asked again */

	bool accept_paused;        /* listeners are not watched for a while */
	int64_t accept_resumes_at; /* CLOCK_NEVER: when a child ends */
	struct share share;        /* what each service may take */
	struct full {
		int64_t since; /* CLOCK_NEVER: there is room */
		int64_t until; /* its listeners are not watched so long; 0:
				* they are */
		int64_t stale; /* its directories are gone: its clients wait
				* so long for another image; 0: they are
				* there, CLOCK_NEVER: none has come yet */
	} full[SERVICE_MAX];   /* for each service */
	int64_t pause_ms;      /* after accept ran out of descriptors */
	uint64_t accepted;

	struct logger logger;
	struct restorer restorer;
	struct helper helpers[HELPERS_MAX];
	size_t helper_count;

	int64_t birth_since; /* a client waits for a birth, or CLOCK_NEVER */
	struct unknown {     /* ended before their birth was known */
		pid_t pid;
		int status;
		uint64_t until; /* so many births are known */
	} unknown[MASTER_UNKNOWN];
	size_t unknown_count;

	bool has_worked;    /* some child has served some client */
	unsigned stillborn; /* children in a row that could not begin */
	int64_t image_ms;   /* when this image began */
	unsigned allowed[SERVICE_MAX]; /* directories beside those that are
					* there: each costs every child */
	bool stale[SERVICE_MAX]; /* with the next image its children finish */
	int64_t renew_at; /* a crash was seen: get a new memory layout; or
			     * the certificate is about to end */
	bool asked_again; /* for a reload, while one was checked */
};

/* Rows of helpers[] that are known by their place. */
enum { HELPER_LOGGER, HELPER_RESTORER, HELPER_ZYGOTE, HELPER_CHECKER };

/*
 * paths.c: watch whether the directories of services are replaced; see to it
 * that children get those that are there.  A client of this service comes:
 * must it wait for another image?
 */
void paths_open(struct master *);
void paths_look(struct master *, size_t service);
bool paths_are_stale(struct master *, size_t service);

/*
 * Another image is wanted soon, at a pace that nobody can drive.
 */
static inline void
master_renew_soon(struct master *m, int64_t now)
{
	int64_t first = m->image_ms + RENEW_EVERY_MS;

	if (m->state == MASTER_OPEN && m->renew_at > first)
		m->renew_at = now > first ? now : first;
}

/* What an event of the epoll is about: the kind above, the index below. */
enum {
	TAG_LISTENER,
	TAG_SIGNAL,
	TAG_CHILD,
	TAG_REFUSAL,
	TAG_ZYGOTE,
	TAG_PATHS,
	TAG_RESTORER,
	TAG_REST
};

static inline uint64_t
master_tag(unsigned kind, size_t index)
{
	return (uint64_t)kind << 32 | (uint32_t)index;
}

/*
 * accept.c: clients wait at a listener; have as many been accepted as were
 * asked for; accept what waits already, before the listeners are closed for
 * good; a connection that has rested is given to a child (1: its descriptor
 * is the child's slot's now; 0: there is none yet; -1: there is no room); may
 * that client of a service come in (then it is counted)?
 */
void accept_waiting(struct master *, size_t listener);
bool accept_is_enough(const struct master *);
void accept_close(struct master *);
int accept_again(struct master *, const struct rested *);
bool accept_judge(struct master *, size_t service, const struct addr *client,
    enum refusal_kind *why);

/*
 * accept_find.c: is there a child for one more client of this service now?
 * Nobody is ready, but children are on their way: shall a client wait for one
 * (then the listeners are not watched for a moment)?  Is there a child for
 * whoever is next at this listener, who is known to wait or is not?  One is
 * forked before the client is accepted, for if that fails the client may wait.
 * There is no room: why, as the client is told?
 */
enum room { NO_ROOM, ROOM, WAIT };
bool accept_has_room(const struct master *, size_t service);
bool accept_awaits_birth(struct master *);
enum room accept_find_room(
    struct master *, const struct listener *, bool awaited);
enum refusal_kind accept_no_room(const struct master *, size_t service);

/*
 * accept_give.c: hand a client to a child, and to another one if the first
 * have just died.  Returns who has it, or NULL; the descriptor stays the
 * caller's either way.
 */
struct child *accept_give(
    struct master *, size_t listener, struct hand_over *, int fd);

/*
 * room.c: share out the pool; may this service take one more child of it?  How
 * many children are busy, as the lots of admit.h shall see it?
 */
void room_open(struct master *);
bool room_has_share(const struct master *, size_t service);
size_t room_live(const struct master *, size_t service);

/*
 * overload.c: there is still room: ask somebody to make more, if it is getting
 * scarce; there is none: may a client wait (then nobody is accepted there for
 * a while)?  Does a client wait at this listener?  Tell a client that it cannot
 * come in, and the log why; owns its descriptor.  The same where its child
 * tells it.  Tell the log how many more
 * there were, and say when to call again; or now, for this image ends.
 */
#define OVERLOAD_WAIT_MS 500 /* clients may wait in the backlog so long */
void overload_make_room(struct master *, const struct listener *);
bool overload_may_wait(struct master *, const struct listener *);
bool overload_is_awaited(const struct listener *);
void overload_turn_away(struct master *, const struct listener *, int fd,
    const struct addr *, enum refusal_kind);
void overload_refused(struct master *, const struct addr *, enum refusal_kind);
int64_t overload_tell(struct master *);
void overload_tell_rest(struct master *);

/*
 * accept_watch.c: watch all listeners; watch none until then, or none of this
 * service; a datagram socket is lent to a child, and it was returned; there may
 * be room again, for a child has ended; do what is due now and say when next.
 */
int accept_open(struct master *);
void accept_pause(struct master *, int64_t until);
void accept_pause_service(struct master *, size_t service, int64_t until);
void accept_lend(struct master *, size_t listener);
void accept_returned(struct master *, size_t listener);
void accept_room(struct master *);
int64_t accept_due(struct master *);

/*
 * reap.c: children have ended; a child says something; some births are known
 * now, so look again at whose end came first.  reap_all returns whether any
 * process of ours is left.
 */
bool reap_all(struct master *);
void reap_again(struct master *);

/*
 * How a connection ended is counted.
 */
void reap_count(struct master *, const struct child *, enum scoreboard_end);

/*
 * reap_words.c: a child says something; it is ready for another client, as it
 * says or the restorer does.
 */
void reap_word(struct master *, size_t child);
void reap_rested(struct master *, struct child *);

/*
 * reap_tell.c: say how a child ended, if that is worth a line; say that it is
 * about to be killed, for its last possible moment has come.
 */
void reap_tell(const struct master *, const struct child *, int status);
void reap_late(const struct child *);

/*
 * rest_watch.c: make the table; take the connection of a child that has ended
 * and left it to us; one from an earlier image (false: there is no room, and
 * its descriptor is still the caller's); an event of one; give those who woke
 * to children; do what is due and say when next; end them all.
 */
void rest_watch_open(struct master *);
void rest_watch_take(struct master *, struct child *);
bool rest_watch_add(struct master *, const struct rested *);
void rest_watch_woke(struct master *, uint32_t index, uint32_t events);
void rest_watch_give(struct master *);
int64_t rest_watch_due(struct master *);
void rest_watch_end_all(struct master *);

/*
 * zygote_watch.c: open a zygote; its news arrives; it has ended; close it (it
 * ends by itself).
 */
void zygote_watch_open(struct master *, struct helper *);
bool zygote_watch_is_ours(void *, pid_t);
void zygote_watch_hear(struct master *);
void zygote_watch_ended(struct master *, struct helper *, int status);
void zygote_watch_close(struct master *, struct helper *);

/*
 * keeper_line.c: a connection is accepted at this listener: give the key
 * keeper one end of a new socket, and return the other, for the child; or -1,
 * when there is no TLS there or none to be had now.
 */
int keeper_line(struct master *, size_t listener, const struct addr *peer);

/*
 * dialler_line.c: the same for the dialler (conn/dial.h), where the service
 * has places to connect to.
 */
int dialler_line(struct master *, size_t listener);

/*
 * logger_watch.c: start a logger; it has ended; another image comes, with one
 * of its own.  The access log was opened again: returns whether
 * the logger has it and will say so; do what is due and say when
 * next; when nobody else is left, let it end.
 */
void logger_watch_open(struct master *, struct helper *);
void logger_watch_ended(struct master *, struct helper *, int status);
void logger_watch_leave(struct master *, struct helper *);
bool logger_watch_reopen(struct master *);
int64_t logger_watch_due(struct master *);
void logger_watch_finish(struct master *);

/*
 * restorer_watch.c: start a restorer, where children are restored; its news
 * arrives; it has ended; close it (it ends, and children with their clients).
 */
void restorer_watch_open(struct master *, struct helper *);
void restorer_watch_hear(struct master *);
void restorer_watch_ended(struct master *, struct helper *, int status);
void restorer_watch_close(struct master *, struct helper *);

/*
 * signals.c: make the descriptor by which signals arrive; one has arrived.
 */
int signals_open(void);
void signals_take(struct master *);

/*
 * drain.c: asked to end: say that we are not ready, and drain when others have
 * had the time to notice; begin to drain; kill the rest.
 */
void drain_soon(struct master *);
int64_t drain_due(struct master *);
void drain_begin(struct master *, const char *why);
void drain_stop(struct master *);

/*
 * reload.c: a reload is wanted: it begins with a check of the options, in a
 * process of its own; the check has ended; take over from an earlier image of
 * ours, which has left children at work.
 */
void reload_begin(struct master *);
void reload_check(struct master *, struct helper *);
void reload_decide(struct master *, struct helper *, int status);
void reload_adopt(struct master *);

#endif
