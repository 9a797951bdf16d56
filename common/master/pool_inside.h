/*
 * pool_inside.h - what the files of the pool share.  Nobody else includes it.
 */
#ifndef POOL_INSIDE_H
#define POOL_INSIDE_H

#include "child/zygote.h"
#include "master/pool.h"

#define POOL_NONE UINT32_MAX /* no index: the end of a list */

struct pool {
	struct pool_limits limits;
	const struct pool_birth *birth;
	struct scoreboard_head *scoreboard; /* children see it */
	struct child *child;                /* limits.most of them */
	uint32_t *idle; /* a stack of indices, hottest on top */
	size_t idle_count, busy_count;
	size_t busy_of[SERVICE_MAX]; /* busy_count, service by service */
	struct zygote zygote;
	size_t coming;      /* children ordered and not born yet */
	uint64_t ordered;   /* ever */
	uint64_t taken;     /* ever */
	uint32_t unused;    /* list of empty slots */
	uint32_t *by_pid;   /* heads of chains */
	size_t buckets;     /* a power of two */
	size_t want;        /* idle children that we now aim at */
	size_t unneeded;    /* the fewest that were idle since the last look */
	int64_t overdue_at; /* the next child's last moment, or earlier */
	int64_t look_at;    /* when to look again whether some can go */
	int64_t back_ms;    /* when the last one was given back */
	int64_t retry_at;   /* after a fork failed, or CLOCK_NEVER */
	int64_t pause_ms;   /* after the next that fails */
};

/*
 * Show the children what this one does.
 */
static inline void
pool_show(struct pool *p, const struct child *c)
{
	static const enum scoreboard_state state[] = {
		[CHILD_NONE] = SCOREBOARD_LEAVING,
		[CHILD_IDLE] = SCOREBOARD_IDLE,
		[CHILD_BUSY] = SCOREBOARD_BUSY,
		[CHILD_COMING] = SCOREBOARD_FREE,
	};

	p->scoreboard->row[c - p->child] = (struct scoreboard_row){
		.pid = c->pid,
		.state = c->pid > 0 ? state[c->state] : SCOREBOARD_FREE,
		.since_ms = c->since_ms,
		.served = c->served,
	};
}

/*
 * pool_stack.c: it is ready, to be taken first or last; take position at out
 * of the stack, keeping the order of the others.
 */
void pool_push_idle(struct pool *, struct child *);
void pool_push_coldest(struct pool *, struct child *);
struct child *pool_pull_idle(struct pool *, size_t at);

/*
 * pool_stack.c: it is busy with its service; it is so no more.
 */
void pool_count_busy(struct pool *, const struct child *);
void pool_uncount_busy(struct pool *, const struct child *);

/*
 * pool.c: may a child be made now?  Then the index of a slot for it, else
 * POOL_NONE.  Say that none could be (errno).  The pause that follows is over
 * if its time has come.  The free slot becomes one with a control socket and a
 * channel, in no list and no state yet; a child has come to life in its slot;
 * a slot is empty again.
 */
uint32_t pool_free_slot(const struct pool *);
void pool_unborn(struct pool *);
void pool_end_pause(struct pool *);
struct child *pool_occupy(struct pool *, int control, int log);
void pool_settle(struct pool *, struct child *, pid_t);
void pool_vacate(struct pool *, struct child *);

/*
 * pool_hand.c: hear what it says.
 */
void pool_listen(struct pool *, struct child *);

/*
 * pool_birth.c: fork one more into a free slot, in no list and no state yet;
 * NULL when there is no slot or fork fails or has failed a moment ago.  Order
 * so many more of the zygote, or fewer; returns how many are coming, 0 when
 * that cannot be done now.
 */
struct child *pool_grow(struct pool *);
size_t pool_order(struct pool *, size_t most);

#endif
