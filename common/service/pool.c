/*
 * pool.c - the children: taken, given back, let go.
 *
 * Birth is in spawn.c, what is asked of children in pool_ask.c.
 */
#include "service/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "service/spawn.h"
#include "system/clock.h"
#include "system/fdpass.h"
#include "system/log.h"

#define NONE           UINT32_MAX
#define REFILL_AT_ONCE 8    /* forks in one turn of the master's loop */
#define CALM_MS        1000 /* without want of children: one fewer ahead */

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
	int64_t calm_at;  /* when want may sink again */
	int64_t retry_at;
	int64_t pause_ms;
};

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
	for (p->buckets = 16; p->buckets < limits->most; p->buckets *= 2)
		;
	p->board = board_make(limits->most, sizeof(*p->child));
	if (p->board == NULL)
		return NULL;
	p->board->started_ms = clock_ms();
	p->child = (struct child *)(p->board + 1);
	p->idle = calloc(limits->most, sizeof(*p->idle));
	p->by_pid = malloc(p->buckets * sizeof(*p->by_pid));
	if (p->idle == NULL || p->by_pid == NULL)
		return NULL; /* the program ends now anyway */
	memset(p->by_pid, 0xff, p->buckets * sizeof(*p->by_pid));
	p->unused = NONE;
	for (size_t i = limits->most; i-- > 0;) {
		p->child[i].control = -1;
		p->child[i].next = p->unused;
		p->unused = (uint32_t)i;
	}
	return p;
}

struct board_head *
pool_board(struct pool *p)
{
	p->board->busy = p->busy_count;
	p->board->idle = p->idle_count;
	return p->board;
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
	return p->unused == NONE;
}

void
pool_fork_failed(struct pool *p)
{
	p->retry_at = clock_ms() + p->pause_ms;
	p->pause_ms *= 2;
	if (p->pause_ms > POOL_FORK_PAUSE_MAX_MS)
		p->pause_ms = POOL_FORK_PAUSE_MAX_MS;
}

/* Fork one more into a free slot, in no list and no state yet. */
static struct child *
grow(struct pool *p)
{
	struct child *c;
	uint32_t index = p->unused;
	int control;
	pid_t pid;

	if (index == NONE)
		return NULL;
	if (p->retry_at != CLOCK_NEVER && clock_ms() < p->retry_at)
		return NULL;
	pid = spawn_child(p->birth, &control);
	if (pid < 0) {
		log_warn("fork: %s; trying again in %lld ms", strerror(errno),
		    (long long)p->pause_ms);
		pool_fork_failed(p);
		return NULL;
	}
	p->retry_at = CLOCK_NEVER;
	c = &p->child[index];
	p->unused = c->next;
	*c = (struct child){ .pid = pid,
		.control = control,
		.since_ms = clock_ms(),
		.next = *chain(p, pid) };
	*chain(p, pid) = index;
	if (p->birth->hear)
		p->birth->watch(p->birth->context, c, control);
	return c;
}

static void
push_idle(struct pool *p, struct child *c)
{
	c->state = CHILD_IDLE;
	p->idle[p->idle_count++] = (uint32_t)pool_index(p, c);
}

bool
pool_refill(struct pool *p)
{
	for (int i = 0; i < REFILL_AT_ONCE; i++) {
		struct child *c;

		if (p->idle_count >= p->want)
			return true;
		c = grow(p);
		if (c == NULL)
			return true;
		push_idle(p, c);
	}
	return p->idle_count >= p->want;
}

struct child *
pool_take(struct pool *p)
{
	struct child *c;

	if (p->idle_count > 0) {
		c = &p->child[p->idle[--p->idle_count]];
	} else {
		/* Nobody was ready: keep more ready from now on. */
		p->want = p->want * 2 < p->limits.max_idle ? p->want * 2 + 1 :
							     p->limits.max_idle;
		p->calm_at = clock_ms() + CALM_MS;
		c = grow(p);
		if (c == NULL)
			return NULL;
	}
	c->state = CHILD_BUSY;
	c->since_ms = clock_ms();
	p->busy_count++;
	return c;
}

static void
close_control(struct child *c)
{
	if (c->control >= 0)
		close(c->control);
	c->control = -1;
}

void
pool_hang_up(struct pool *p, struct child *c)
{
	(void)p;
	close_control(c);
}

int
pool_hand(struct pool *p, struct child *c, const struct hand_over *h, int fd)
{
	int done = fdpass_send(c->control, h, sizeof(*h), fd);

	c->peer = h->peer;
	c->reading = h->type == SOCK_DGRAM;
	c->served++;
	p->pause_ms = POOL_FORK_PAUSE_MS;
	/* One life, one connection: there is nothing left to say to it. */
	if (!p->birth->hear || done < 0)
		close_control(c);
	return done;
}

void
pool_give_back(struct pool *p, struct child *c)
{
	if (c->state != CHILD_BUSY)
		return;
	p->busy_count--;
	c->peer = (struct addr){ 0 };
	push_idle(p, c);
}

struct child *
pool_find(struct pool *p, pid_t pid)
{
	uint32_t i = *chain(p, pid);

	while (i != NONE && p->child[i].pid != pid)
		i = p->child[i].next;
	return i == NONE ? NULL : &p->child[i];
}

/* Take position at out of the idle stack, keeping the order of the others. */
static struct child *
pull_idle(struct pool *p, size_t at)
{
	struct child *c = &p->child[p->idle[at]];

	p->idle_count--;
	memmove(&p->idle[at], &p->idle[at + 1],
	    (p->idle_count - at) * sizeof(*p->idle));
	c->state = CHILD_NONE;
	return c;
}

void
pool_forget(struct pool *p, struct child *c)
{
	uint32_t index = (uint32_t)pool_index(p, c);
	uint32_t *link = chain(p, c->pid);

	if (c->state == CHILD_BUSY)
		p->busy_count--;
	for (size_t i = 0; c->state == CHILD_IDLE && i < p->idle_count; i++)
		if (p->idle[i] == index)
			pull_idle(p, i);
	close_control(c);
	while (*link != index)
		link = &p->child[*link].next;
	*link = c->next;
	*c = (struct child){ .control = -1, .next = p->unused };
	p->unused = index;
}

/* The coldest one goes: end-of-file on its control socket tells it. */
static void
dismiss_coldest(struct pool *p)
{
	close_control(pull_idle(p, 0));
}

int64_t
pool_shrink(struct pool *p)
{
	int64_t now = clock_ms();

	while (p->idle_count > p->limits.max_idle)
		dismiss_coldest(p);
	if (p->idle_count > p->want && now >= p->calm_at)
		dismiss_coldest(p);
	if (p->want > p->limits.min_idle && now >= p->calm_at) {
		p->want--;
		p->calm_at = now + CALM_MS / 4;
	}
	if (p->want <= p->limits.min_idle && p->idle_count <= p->want)
		return CLOCK_NEVER;
	return p->calm_at > now ? p->calm_at : now + CALM_MS / 4;
}

void
pool_dismiss_idle(struct pool *p)
{
	while (p->idle_count > 0)
		dismiss_coldest(p);
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

int64_t
pool_retry_at(const struct pool *p)
{
	return p->retry_at;
}
