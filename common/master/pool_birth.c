/*
 * pool_birth.c - how children come: forked here, or ordered from the zygote.
 *
 * One that is ordered comes later.  Until its birth is known it has a slot and
 * a control socket, and no pid; nobody takes it.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "child/logger.h"
#include "sandbox/sandbox.h"
#include "master/pool_inside.h"
#include "master/spawn.h"
#include "system/fdpass.h"
#include "system/log.h"

#define ERRNO_MOST 4095 /* the kernel's */

int
pool_open_zygote(struct pool *p, int channel)
{
	if (p->birth->exec_argv != NULL ||
	    !sandbox_has_zygote(p->birth->setup.sandbox) ||
	    (p->birth->restored && p->birth->setup.restorer < 0))
		return -1;
	if (channel < 0 ||
	    zygote_start(&p->zygote, &p->birth->setup, channel) < 0)
		log_warn("no zygote: %s", strerror(errno));
	return p->zygote.control;
}

pid_t
pool_zygote(const struct pool *p)
{
	return p->zygote.pid;
}

size_t
pool_coming(const struct pool *p)
{
	return p->coming;
}

uint64_t
pool_ordered(const struct pool *p)
{
	return p->ordered;
}

struct child *
pool_grow(struct pool *p)
{
	struct child *c;
	int control, log;
	pid_t pid;

	if (pool_free_slot(p) == POOL_NONE)
		return NULL;
	pid = spawn_child(p->birth, &control, &log);
	if (pid < 0) {
		pool_unborn(p);
		return NULL;
	}
	c = pool_occupy(p, control, log);
	c->listed = logger_list(p->birth->logger, log, NULL);
	pool_settle(p, c, pid);
	return c;
}

/* What is made for one who is ordered: for each socket our end, then its. */
struct nest {
	int control[2], log[2];
};

static bool
make_nest(struct nest *n)
{
	if (fdpass_pair(n->control) < 0)
		return false;
	if (logger_channel(n->log) == 0)
		return true;
	close(n->control[0]);
	close(n->control[1]);
	return false;
}

/* Free slots and what is needed for them, most at most; errno if none. */
static uint32_t
prepare(struct pool *p, struct zygote_order *o, struct nest *nest, size_t most)
{
	uint32_t slot = pool_free_slot(p);

	o->count = 0;
	if (slot == POOL_NONE)
		return 0;
	while (o->count < most && slot != POOL_NONE &&
	    make_nest(&nest[o->count])) {
		o->slot[o->count++] = slot;
		slot = p->child[slot].next;
	}
	if (o->count == 0)
		pool_unborn(p);
	return o->count;
}

/* They come: the slots are theirs, in the order in which they were free. */
static void
await(struct pool *p, const struct zygote_order *o, const struct nest *nest)
{
	int log[ZYGOTE_AT_ONCE];
	bool listed;

	for (uint32_t i = 0; i < o->count; i++)
		log[i] = nest[i].log[0];
	listed = logger_list_all(p->birth->logger, log, o->count);
	for (uint32_t i = 0; i < o->count; i++) {
		struct child *c =
		    pool_occupy(p, nest[i].control[0], nest[i].log[0]);

		c->listed = listed;
		c->state = CHILD_COMING;
	}
	p->coming += o->count;
	p->ordered += o->count;
}

size_t
pool_order(struct pool *p, size_t most)
{
	struct nest nest[ZYGOTE_AT_ONCE];
	int fds[2 * ZYGOTE_AT_ONCE];
	struct zygote_order order = { 0 };
	bool done;

	if (most > ZYGOTE_AT_ONCE)
		most = ZYGOTE_AT_ONCE;
	if (prepare(p, &order, nest, most) == 0)
		return 0;
	for (size_t i = 0; i < order.count; i++) {
		fds[2 * i] = nest[i].control[1];
		fds[2 * i + 1] = nest[i].log[1];
	}
	done = zygote_order(&p->zygote, &order, fds) == 0;
	for (size_t i = 0; i < order.count; i++) {
		close(nest[i].control[1]);
		close(nest[i].log[1]);
		if (!done) { /* busy; or gone, and then soon reaped */
			close(nest[i].control[0]);
			close(nest[i].log[0]);
		}
	}
	if (!done)
		return 0;
	await(p, &order, nest);
	return order.count;
}

/*
 * Nothing that a zygote says can be worse than no zygote.  A number that is no
 * child's would be killed by it one day.  Returns false when it cannot be.
 */
static bool
born(struct pool *p, const struct zygote_news *news)
{
	struct child *c;

	if (news->slot >= p->limits.most || news->pid == 0 ||
	    news->pid < -ERRNO_MOST)
		return false;
	if (news->pid > 0 &&
	    (pool_find(p, news->pid) != NULL ||
		!p->birth->is_ours(p->birth->context, news->pid)))
		return false;
	c = &p->child[news->slot];
	if (c->state != CHILD_COMING)
		return false;
	p->coming--;
	if (news->pid < 0) {
		errno = -news->pid;
		pool_unborn(p);
		close(c->control);
		pool_vacate(p, c);
		return true;
	}
	c->state = CHILD_NONE;
	pool_settle(p, c, news->pid);
	if (c->told)
		pool_let_go(p, c); /* before it came */
	else if (p->birth->hear)
		pool_push_coldest(p, c); /* who has served is warmer */
	else
		pool_push_idle(p, c);
	return true;
}

bool
pool_births(struct pool *p)
{
	struct zygote_news news;
	int got = 0;

	while (p->zygote.pid > 0 && (got = zygote_hear(&p->zygote, &news)) > 0)
		if (!born(p, &news)) {
			log_error("the zygote says what it cannot know (%u is "
				  "%d): it is killed",
			    news.slot, news.pid);
			kill(p->zygote.pid, SIGKILL);
			return false;
		}
	return got >= 0;
}

void
pool_close_zygote(struct pool *p)
{
	if (p->zygote.pid == 0)
		return;
	p->birth->unwatch(p->birth->context, p->zygote.control);
	zygote_close(&p->zygote);
	for (size_t i = 0; p->coming > 0 && i < p->limits.most; i++) {
		struct child *c = &p->child[i];

		if (c->state != CHILD_COMING)
			continue;
		close(c->control);
		pool_vacate(p, c);
		p->coming--;
	}
}

void
pool_channels(struct pool *p, void (*add)(int end, const char *name))
{
	for (size_t i = 0; i < p->limits.most; i++) {
		if (p->child[i].log < 0)
			continue;
		if (add != NULL)
			add(p->child[i].log, NULL);
		p->child[i].listed = true;
	}
}

void
pool_list_rest(struct pool *p)
{
	for (size_t i = 0; i < p->limits.most; i++) {
		struct child *c = &p->child[i];

		if (c->log >= 0 && !c->listed)
			c->listed = logger_list(p->birth->logger, c->log, NULL);
	}
}
