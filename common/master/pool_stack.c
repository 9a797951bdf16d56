/*
 * pool_stack.c - the children that are ready, as a stack: the hottest on top.
 */
#include <string.h>

#include "master/pool_inside.h"

static uint32_t
index_of(const struct pool *p, const struct child *c)
{
	return (uint32_t)(c - p->child);
}

void
pool_push_idle(struct pool *p, struct child *c)
{
	c->state = CHILD_IDLE;
	p->idle[p->idle_count++] = index_of(p, c);
	pool_show(p, c);
}

void
pool_push_coldest(struct pool *p, struct child *c)
{
	memmove(&p->idle[1], &p->idle[0], p->idle_count * sizeof(*p->idle));
	c->state = CHILD_IDLE;
	p->idle[0] = index_of(p, c);
	p->idle_count++;
	pool_show(p, c);
}

struct child *
pool_pull_idle(struct pool *p, size_t at)
{
	struct child *c = &p->child[p->idle[at]];

	p->idle_count--;
	memmove(&p->idle[at], &p->idle[at + 1],
	    (p->idle_count - at) * sizeof(*p->idle));
	c->state = CHILD_NONE;
	pool_show(p, c);
	return c;
}

void
pool_count_busy(struct pool *p, const struct child *c)
{
	p->busy_count++;
	p->busy_of[c->service]++;
}

void
pool_uncount_busy(struct pool *p, const struct child *c)
{
	p->busy_count--;
	p->busy_of[c->service]--;
}
