/*
 * pool.c - the children: a slot for each, found by pid.
 *
 * Who is ready is in pool_stack.c, below this; above it stand how children
 * come (pool_birth.c), how many should be ready (pool_idle.c), what is asked
 * of them by signals (pool_ask.c) and when they must end (pool_bound.c).  What is
 * said to them, a connection first of all, goes through pool_hand.c.
 */
#include "master/pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child/logger.h"
#include "sandbox/sandbox.h"
#include "master/pool_inside.h"
#include "system/clock.h"
#include "system/heap.h"
#include "system/limits.h"
#include "system/log.h"

/* Slots are chained by pid while they hold a child, else in one list. */
static uint32_t *
chain(struct pool *p, pid_t pid)
{
	return &p->by_pid[(size_t)pid & (p->buckets - 1)];
}

struct pool *
pool_new(const struct pool_limits *limits, const struct pool_birth *birth)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->limits = *limits;
	p->birth = birth;
	p->want = limits->min_idle;
	p->retry_at = CLOCK_NEVER;
	p->pause_ms = POOL_FORK_PAUSE_MS;
	p->zygote.control = -1;
	for (p->buckets = 16; p->buckets < limits->most; p->buckets *= 2)
		;
	p->overdue_at = CLOCK_NEVER;
	p->scoreboard = scoreboard_make(limits->most);
	if (p->scoreboard == NULL)
		return NULL;
	p->scoreboard->started_ms = clock_ms();
	snprintf(p->scoreboard->sandbox, sizeof(p->scoreboard->sandbox), "%s",
	    sandbox_summary(birth->setup.sandbox));
	p->child = heap_own(limits->most * sizeof(*p->child));
	p->idle = calloc(limits->most, sizeof(*p->idle));
	p->by_pid = malloc(p->buckets * sizeof(*p->by_pid));
	if (p->child == NULL || p->idle == NULL || p->by_pid == NULL)
		return NULL; /* the program ends now anyway */
	pool_show_channels(p, false);
	memset(p->by_pid, 0xff, p->buckets * sizeof(*p->by_pid));
	p->unused = POOL_NONE;
	for (size_t i = limits->most; i-- > 0;) {
		p->child[i].control = p->child[i].log = -1;
		p->child[i].conn = -1;
		p->child[i].next = p->unused;
		p->unused = (uint32_t)i;
	}
	return p;
}

void
pool_show_channels(const struct pool *p, bool show)
{
	heap_hand_on(p->child, p->limits.most * sizeof(*p->child), show);
}

struct scoreboard_head *
pool_scoreboard(struct pool *p)
{
	p->scoreboard->busy = p->busy_count;
	for (size_t i = 0; i < SERVICE_MAX; i++)
		p->scoreboard->busy_of[i] = p->busy_of[i];
	p->scoreboard->idle = p->idle_count;
	return p->scoreboard;
}

size_t
pool_index(const struct pool *p, const struct child *c)
{
	return (size_t)(c - p->child);
}

size_t
pool_size(const struct pool *p)
{
	return p->limits.most;
}

struct child *
pool_child(struct pool *p, size_t index)
{
	return &p->child[index];
}

bool
pool_is_full(const struct pool *p)
{
	return p->unused == POOL_NONE;
}

/* Is none to be forked now, since one has failed a moment ago? */
static bool
is_pausing(const struct pool *p)
{
	return p->retry_at != CLOCK_NEVER && clock_ms() < p->retry_at;
}

void
pool_fork_failed(struct pool *p)
{
	/* Several that were on their way at once fail of the same want. */
	if (is_pausing(p))
		return;
	p->retry_at = clock_ms() + p->pause_ms;
	p->pause_ms *= 2;
	if (p->pause_ms > POOL_FORK_PAUSE_MAX_MS)
		p->pause_ms = POOL_FORK_PAUSE_MAX_MS;
}

/* By time alone: who was on its way when a fork failed proves nothing. */
void
pool_end_pause(struct pool *p)
{
	if (!is_pausing(p))
		p->retry_at = CLOCK_NEVER;
}

uint32_t
pool_free_slot(const struct pool *p)
{
	return is_pausing(p) ? POOL_NONE : p->unused;
}

void
pool_unborn(struct pool *p)
{
	p->scoreboard->counts.fork_failures++;
	if (!is_pausing(p))
		log_warn("fork: %s; trying again in %lld ms%s", strerror(errno),
		    (long long)p->pause_ms, limits_hint(errno));
	pool_fork_failed(p);
}

struct child *
pool_occupy(struct pool *p, int control, int log)
{
	struct child *c = &p->child[p->unused];

	p->unused = c->next;
	*c = (struct child){ .control = control,
		.log = log,
		.conn = -1,
		.since_ms = clock_ms() };
	return c;
}

/* Its process is known: from now on it is found by it. */
static void
name(struct pool *p, struct child *c, pid_t pid)
{
	c->pid = pid;
	c->next = *chain(p, pid);
	*chain(p, pid) = (uint32_t)pool_index(p, c);
}

bool
pool_adopt(struct pool *p, const struct child *like)
{
	struct child *c;

	if (p->unused == POOL_NONE || pool_find(p, like->pid) != NULL)
		return false;
	c = pool_occupy(p, -1, like->log);
	c->conn = like->conn;
	c->accepted_us = like->accepted_us;
	c->told = like->told;
	c->told_ms = like->told_ms;
	c->served = like->served;
	c->since_ms = like->since_ms;
	c->listener = like->listener;
	c->service = like->service;
	c->peer = like->peer;
	c->client = like->client;
	name(p, c, like->pid);
	c->state = CHILD_BUSY;
	pool_count_busy(p, c);
	c->look_ms = like->look_ms;
	c->moved = like->moved;
	pool_bound(p, c, like->end_at);
	pool_show(p, c);
	return true;
}

void
pool_settle(struct pool *p, struct child *c, pid_t pid)
{
	pool_end_pause(p);
	p->scoreboard->counts.births++;
	name(p, c, pid);
	pool_show(p, c);
	if (p->birth->hear)
		pool_listen(p, c);
}

struct child *
pool_find(struct pool *p, pid_t pid)
{
	uint32_t i = *chain(p, pid);

	while (i != POOL_NONE && p->child[i].pid != pid)
		i = p->child[i].next;
	return i == POOL_NONE ? NULL : &p->child[i];
}

void
pool_vacate(struct pool *p, struct child *c)
{
	logger_forget(p->birth->logger, c->log);
	pool_end_conn(c);
	*c = (struct child){
		.control = -1, .log = -1, .conn = -1, .next = p->unused
	};
	p->unused = (uint32_t)pool_index(p, c);
	pool_show(p, c);
}

void
pool_forget(struct pool *p, struct child *c)
{
	uint32_t index = (uint32_t)pool_index(p, c);
	uint32_t *link = chain(p, c->pid);

	if (c->state == CHILD_BUSY)
		pool_uncount_busy(p, c);
	for (size_t i = 0; c->state == CHILD_IDLE && i < p->idle_count; i++)
		if (p->idle[i] == index)
			pool_pull_idle(p, i);
	pool_hang_up(p, c);
	while (*link != index)
		link = &p->child[*link].next;
	*link = c->next;
	pool_vacate(p, c);
}

size_t
pool_idle(const struct pool *p)
{
	return p->idle_count;
}

size_t
pool_busy(const struct pool *p)
{
	return p->busy_count;
}

const size_t *
pool_busy_of(const struct pool *p)
{
	return p->busy_of;
}

bool
pool_lives(const struct pool *p)
{
	for (size_t i = 0; i < p->limits.most; i++)
		if (p->child[i].pid > 0)
			return true;
	return p->coming > 0;
}

int64_t
pool_retry_at(const struct pool *p)
{
	return p->retry_at;
}
