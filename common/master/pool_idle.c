/*
 * pool_idle.c - the children that are ready: taken, given back, let go, and
 * how many there should be.
 */
#include <string.h>

#include "master/pool_inside.h"
#include "system/clock.h"

#define REFILL_AT_ONCE 8   /* forks, or orders, in one turn of the loop */
#define SOON_MS        20  /* in which a child that is put back is back */
#define LOOK_MS        500 /* between two looks at who is unneeded */

bool
pool_expects(const struct pool *p)
{
	return p->birth->restored && p->busy_count >= p->limits.max_idle &&
	    clock_ms() - p->back_ms < SOON_MS;
}

bool
pool_refill(struct pool *p)
{
	pool_end_pause(p);
	for (size_t i = 0; i < REFILL_AT_ONCE; i++) {
		size_t here = p->idle_count + p->coming, n;
		struct child *c;

		if (here >= p->want || pool_expects(p))
			return true;
		if (p->zygote.pid > 0) {
			n = pool_order(p, p->want - here);
			if (n == 0)
				return true;
			i += n - 1;
			continue;
		}
		c = pool_grow(p);
		if (c == NULL)
			return true;
		pool_push_idle(p, c);
	}
	return p->idle_count + p->coming >= p->want;
}

void
pool_hurry(struct pool *p)
{
	/* Nobody was ready: keep more ready from now on. */
	p->want = p->want * 2 < p->limits.max_idle ? p->want * 2 + 1 :
						     p->limits.max_idle;
	p->look_at = clock_ms() + LOOK_MS;
	p->unneeded = 0;
}

bool
pool_ready(struct pool *p)
{
	struct child *c;

	if (p->idle_count > 0)
		return true;
	pool_hurry(p);
	c = pool_grow(p);
	if (c != NULL)
		pool_push_idle(p, c);
	return c != NULL;
}

struct child *
pool_take(struct pool *p, size_t service)
{
	struct child *c;

	if (!pool_ready(p))
		return NULL;
	c = &p->child[p->idle[--p->idle_count]];
	if (p->idle_count < p->unneeded)
		p->unneeded = p->idle_count;
	c->state = CHILD_BUSY;
	c->service = service;
	c->since_ms = clock_ms();
	c->turn = ++p->taken;
	pool_count_busy(p, c);
	pool_show(p, c);
	return c;
}

void
pool_give_back(struct pool *p, struct child *c)
{
	if (c->state != CHILD_BUSY)
		return;
	pool_uncount_busy(p, c);
	p->back_ms = clock_ms();
	c->end_at = 0;
	c->peer = c->client = (struct addr){ 0 };
	c->unnamed = false;
	pool_push_idle(p, c);
}

/* The coldest one goes: end-of-file on its control socket tells it. */
static void
dismiss_coldest(struct pool *p)
{
	pool_let_go(p, pool_pull_idle(p, 0));
}

/*
 * Those whom nobody needed since the last look are too many, if they are more
 * than should be ready.  Half of them go at a time, so that a load that comes
 * in waves does not make the pool breathe.
 */
int64_t
pool_shrink(struct pool *p)
{
	int64_t now = clock_ms();
	size_t surplus = 0;

	if (p->want <= p->limits.min_idle && p->idle_count <= p->want)
		return CLOCK_NEVER;
	if (now < p->look_at)
		return p->look_at;
	if (p->unneeded > p->limits.max_idle)
		surplus = p->unneeded - p->limits.max_idle;
	else if (p->unneeded > p->want)
		surplus = (p->unneeded - p->want + 1) / 2;
	while (surplus-- > 0)
		dismiss_coldest(p);
	if (p->unneeded > 0)
		p->want = (p->want + p->limits.min_idle) / 2;
	p->unneeded = p->idle_count;
	p->look_at = now + LOOK_MS;
	return p->look_at;
}

void
pool_dismiss_idle(struct pool *p)
{
	while (p->idle_count > 0)
		dismiss_coldest(p);
	for (size_t i = 0; p->coming > 0 && i < p->limits.most; i++)
		if (p->child[i].state == CHILD_COMING)
			p->child[i].told = true;
}
