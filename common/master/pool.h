/*
 * pool.h - the children: forked ahead, taken, reaped.
 *
 * Knows processes and their control sockets; knows nothing of listeners,
 * clients' rights or protocols.  Called only by the master.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "service/scoreboard.h"
#include "service/service.h"
#include "child/child.h"

/* One connection lasts at most so long, or as long as anything moves on it,
 * unless its service says otherwise
 * (service.longest_ms); a datagram; and who was let go has that to go. */
#define POOL_LIFE_MS     ((int64_t)24 * 3600 * 1000)
#define POOL_MOVES_MS    ((int64_t)10 * 60 * 1000)
#define POOL_DATAGRAM_MS ((int64_t)120 * 1000)
#define POOL_LEAVE_MS    ((int64_t)5 * 1000)

#define POOL_FORK_PAUSE_MS     10   /* after a failed fork, doubled ... */
#define POOL_FORK_PAUSE_MAX_MS 1000 /* ... up to this */

enum child_state { CHILD_NONE, CHILD_IDLE, CHILD_BUSY, CHILD_COMING };

/* Whose doing its end is. */
enum child_end {
	END_OWN,
	END_LIED,     /* it said what it cannot say, and was killed */
	END_OVERDUE,  /* its time was up */
	END_FOR_ROOM, /* it was asked to make room, and did not */
};

/* What the master knows of a child; children do not see it. */
struct child {
	pid_t pid;
	enum child_state state;
	enum child_end ended;
	int control; /* our end of its control socket, or -1 */
	int log;     /* of its channel, the logger's end, or -1 */
	int conn; /* our descriptor of its connection, if that may rest; or -1 */
	int64_t accepted_us; /* that was accepted then */
	bool listed;         /* the logger listens to it */
	bool told;           /* it has its last client ... */
	int64_t told_ms;     /* ... and was asked to finish then; else 0 */
	bool heard;          /* its control socket is watched */
	bool reading;        /* it has not taken its datagram yet */
	uint64_t served;     /* connections handed to it */
	int64_t since_ms;    /* when it was forked, or took its connection */
	uint64_t turn;       /* of those who took one in the same millisecond */
	int64_t end_at;      /* its last possible moment; 0: none yet */
	int64_t look_ms;  /* then, so long for a client with whom it moves on */
	uint64_t moved;   /* bytes of that client's when we looked last */
	size_t listener;  /* where its connection came from (busy) */
	size_t service;   /* which is what it serves (busy) */
	struct addr peer; /* the other end of its connection (busy) */
	/* Whose that is, for admit.h: the peer, or what a proxy has said of
	 * it.  len 0: nobody's. */
	struct addr client;
	bool unnamed;  /* a proxy is still to say whose it is */
	uint32_t next; /* used by the pool's own lists */
};

struct pool_limits {
	size_t most;     /* children in all */
	size_t min_idle; /* kept ready at least */
	size_t max_idle; /* kept ready at most */
};

struct logger;

/* How a child is brought to life. */
struct pool_birth {
	struct child_setup setup;
	char *const *exec_argv; /* exec: run this program; else NULL */
	const char *exec_path;
	bool hear;     /* children speak all their lives (reuse) */
	bool restored; /* they come back soon (pool_expects()) */
	struct logger *logger;
	/* Watch a control socket for words, and no longer. */
	void (*watch)(void *, const struct child *, int control);
	void (*unwatch)(void *, int control);
	/* Is this process a child of the master's, that nobody else knows? */
	bool (*is_ours)(void *, pid_t);
	void *context;
};

struct pool;

/*
 * Make an empty pool.  birth is kept, not copied.  Returns NULL with errno
 * ENOMEM.
 */
struct pool *pool_new(const struct pool_limits *, const struct pool_birth *);

/*
 * The scoreboard that children see, with the numbers of busy and idle children
 * as they are now.
 */
struct scoreboard_head *pool_scoreboard(struct pool *);

/*
 * A child that an earlier image of ours has left at work: it counts as busy,
 * and is asked and reaped like the others, but no more can be said to it.
 * What is known of it (pid, log, told, served, times, listener, service, peer)
 * is copied.
 * Returns false when there is no slot, or it is there already.
 */
bool pool_adopt(struct pool *, const struct child *);

/*
 * Fork children until as many are idle as should be, at most a handful in one
 * call.  Returns whether that is reached or nothing more can be done now.
 */
bool pool_refill(struct pool *);

/*
 * Begin to order children from a zygote (zygote.h) instead of forking them
 * here, where the sandbox has one; channel becomes its standard error, and
 * stays the caller's.  Returns the descriptor on which its news arrives, or -1:
 * then all are forked here.
 */
int pool_open_zygote(struct pool *, int channel);

/*
 * Hear of births.  Returns false when the zygote is gone, or was killed because
 * it has lied: close it then.
 */
bool pool_births(struct pool *);

/*
 * Do without a zygote; who was ordered and not born yet will not come.
 */
void pool_close_zygote(struct pool *);
pid_t pool_zygote(const struct pool *);

/*
 * How many were ordered ever.
 */
uint64_t pool_ordered(const struct pool *);

/*
 * How many are on their way; and, for clients who wait for them: make more,
 * now and from now on.
 */
size_t pool_coming(const struct pool *);
void pool_hurry(struct pool *);

/*
 * What is known of children, and of their clients, is not in the memory of any
 * process that is forked, but of a logger that is forked between these two.
 */
void pool_show_channels(const struct pool *, bool);

/*
 * For a logger that begins: all channels there are (add may be NULL), which
 * are listed now.  And list those that could not be before.
 */
void pool_channels(struct pool *, void (*add)(int end, const char *name));
void pool_list_rest(struct pool *);

/*
 * Where children are put back after each client: has one come back a moment
 * ago, and are so many at work that the next one follows?  To fork another
 * then costs more than to wait.
 */
bool pool_expects(const struct pool *);

/*
 * Is a child ready to be taken?  If none is, one is forked.  False when the
 * server is full or fork fails.
 */
bool pool_ready(struct pool *);

/*
 * Take the child that was idle for the shortest time (its memory is hottest),
 * or fork one on demand.  It is busy with this service from now on.  Returns
 * NULL when the pool is full or fork fails.
 */
struct child *pool_take(struct pool *, size_t service);

/*
 * Hand a connection, which lasts at most longest_ms, to a child that was
 * taken, with the sockets to helpers that h->lines lists.  Returns 0, or -1 with
 * errno when the child is gone; it will be reaped.
 */
int pool_hand(struct pool *, struct child *, const struct hand_over *,
    const int fds[HAND_OVER_FDS], int64_t longest_ms);

/*
 * Close our end of its control socket: an idle child goes, a busy one after
 * its connection.  And one that has nothing left to do, which is to go soon.
 */
void pool_hang_up(struct pool *, struct child *);
void pool_let_go(struct pool *, struct child *);

/*
 * A child that lives on is idle again (reuse).  It has no peer any more.
 */
void pool_give_back(struct pool *, struct child *);

/*
 * Its connection is over: close our descriptor of it, if we have kept one.
 */
void pool_end_conn(struct child *);

/*
 * How many slots there are.
 */
size_t pool_size(const struct pool *);

/*
 * The child of this slot, as given to watch() by its index.
 */
struct child *pool_child(struct pool *, size_t index);
size_t pool_index(const struct pool *, const struct child *);

/*
 * A process has ended: find its child, or NULL for a stranger.  The child
 * stays readable until pool_forget().
 */
struct child *pool_find(struct pool *, pid_t);
void pool_forget(struct pool *, struct child *);

/*
 * Let go of idle children that nobody needed for a while: all above the
 * maximum, by and by those above what should be ready.  Returns when to call
 * again (clock_ms()).
 */
int64_t pool_shrink(struct pool *);

/*
 * Let all idle children go (drain, reload, a new log file).
 */
void pool_dismiss_idle(struct pool *);

/*
 * Those that are to come are other ones: idle children go, busy ones serve
 * their client and nobody after it.
 */
void pool_renew(struct pool *);

/*
 * Ask all busy children of a service to finish (SIGTERM).
 */
void pool_ask_service(struct pool *, size_t service);

/*
 * Among the busy children of the services that may be asked: ask the one that
 * has been at it longest, and was not asked yet, to finish (SIGTERM).  Returns
 * false when all were.
 */
bool pool_ask_oldest(struct pool *, const bool may[SERVICE_MAX]);

/*
 * It is killed at that moment, if it still lives.  Kill it now.  Kill those
 * whose moment has come, each after late() was told; returns when to call
 * again.  Who serves a client over TCP with whom bytes have moved since, by the
 * kernel's account, lives on: POOL_MOVES_MS, and then it is looked at again.
 */
void pool_bound(struct pool *, struct child *, int64_t at);
void pool_end(struct child *, enum child_end why);
int64_t pool_overdue(struct pool *, void (*late)(const struct child *));

/*
 * Kill the busy child that was asked to finish longest ago, if that is
 * grace_ms ago or more.  Returns whether there was one.
 */
bool pool_end_told(struct pool *, int64_t grace_ms);

/*
 * Ask again those who were asked and are still busy.
 */
void pool_remind(struct pool *);

/*
 * Has some child been lent the datagram socket of this listener?
 */
bool pool_has_reader(struct pool *, size_t listener);

/*
 * Send a signal to every busy child (TERM counts as asking it to finish), or
 * to every child.
 */
void pool_signal_busy(struct pool *, int sig);
void pool_signal_all(struct pool *, int sig);

/*
 * How many there are; busy ones of each service, too.
 */
size_t pool_idle(const struct pool *);
size_t pool_busy(const struct pool *);
const size_t *pool_busy_of(const struct pool *);
bool pool_is_full(const struct pool *);
bool pool_lives(const struct pool *); /* is there any, or about to be? */

/*
 * A fork failed, or a child could not begin: wait before the next one, longer
 * each time.  More of them during that wait change nothing.
 */
void pool_fork_failed(struct pool *);

/*
 * When a fork that failed may be tried again, or CLOCK_NEVER.
 */
int64_t pool_retry_at(const struct pool *);

#endif
