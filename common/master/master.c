/*
 * master.c - the keeper's loop.
 */
#include "master/master.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/notify.h"

#define EVENTS_AT_ONCE 64

static uint64_t
tag_of_farewell(uint32_t entry)
{
	return house_tag(TAG_FAREWELL, entry);
}

static int
watch(struct house *h, int fd, uint64_t tag)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = tag };

	return epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &ev);
}

static void
watch_child(void *context, const struct child *c, int control)
{
	struct house *h = context;

	if (watch(h, control, house_tag(TAG_CHILD, pool_index(h->pool, c))) < 0)
		log_warn("epoll: %s", strerror(errno));
}

static void
unwatch_child(void *context, int control)
{
	struct house *h = context;

	epoll_ctl(h->epoll, EPOLL_CTL_DEL, control, NULL);
}

/* The rules hold on loopback only when a limit was asked for. */
static struct admit *
make_admit(const struct server_options *o)
{
	struct admit_rules rules = { .most = o->max_children,
		.per_source = o->per_client != 0 ? o->per_client : 64,
		.loopback_too = o->per_client != 0 };

	return admit_new(&rules);
}

static void
build(struct house *h, const struct master_plan *plan)
{
	const struct server_options *o = &plan->server->options;
	struct pool_limits limits = { .most = o->max_children,
		.min_idle = o->min_idle,
		.max_idle = o->max_idle };

	*h = (struct house){ .plan = plan,
		.full_since = CLOCK_NEVER,
		.drain_until = CLOCK_NEVER,
		.remind_at = CLOCK_NEVER,
		.renew_at = CLOCK_NEVER,
		.birth_since = CLOCK_NEVER,
		.door_opens_at = CLOCK_NEVER,
		.image_ms = clock_ms() };
	h->birth = (struct pool_birth){ .setup = plan->setup,
		.exec_argv = o->exec ? plan->argv : NULL,
		.exec_path = plan->path,
		.hear = o->reuse != 1,
		.watch = watch_child,
		.unwatch = unwatch_child,
		.context = h };
	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	h->signals = orders_open();
	h->pool = pool_new(&limits, &h->birth);
	h->admit = make_admit(o);
	if (h->epoll < 0 || h->signals < 0 || h->pool == NULL ||
	    h->admit == NULL)
		die(EXIT_OSERR, "cannot build the house: %s", strerror(errno));
	h->farewell = farewell_new(h->epoll, tag_of_farewell);
	if (h->farewell == NULL ||
	    watch(h, h->signals, house_tag(TAG_SIGNAL, 0)) < 0 ||
	    door_open(h) < 0)
		die(EXIT_OSERR, "cannot build the house: %s", strerror(errno));
}

static void
event(struct house *h, const struct epoll_event *ev)
{
	uint32_t index = (uint32_t)ev->data.u64;

	switch (ev->data.u64 >> 32) {
	case TAG_LISTENER:
		if (h->state == HOUSE_OPEN)
			door_knock(h, index);
		break;
	case TAG_SIGNAL:
		orders_take(h);
		break;
	case TAG_CHILD:
		reap_word(h, index);
		break;
	case TAG_ZYGOTE:
		zygote_watch_hear(h);
		break;
	case TAG_FAREWELL:
		farewell_done(h->farewell, index);
		break;
	}
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Do what is due and return when something is due next. */
static int64_t
chores(struct house *h)
{
	static int64_t watchdog_at;
	int64_t next = farewell_expire(h->farewell);
	int64_t every = notify_watchdog_ms(), now = clock_ms();

	pool_scoreboard(h->pool);
	if (every > 0) {
		if (now >= watchdog_at) {
			notify_say("WATCHDOG=1");
			watchdog_at = now + every;
		}
		next = sooner(next, watchdog_at);
	}
	if (now >= h->remind_at) {
		pool_remind(h->pool);
		h->remind_at =
		    h->state == HOUSE_DRAINING ? now + REMIND_MS : CLOCK_NEVER;
	}
	next = sooner(next, h->remind_at);
	if (h->state == HOUSE_OPEN) {
		next = sooner(next, zygote_watch_due(h));
		if (!pool_refill(h->pool))
			return now;
		next = sooner(next, pool_retry_at(h->pool));
		next = sooner(next, pool_shrink(h->pool));
		next = sooner(next, door_due(h));
		next = sooner(next, reload_due(h));
		next = sooner(next, h->renew_at);
		if (now >= h->renew_at) {
			h->renew_at = CLOCK_NEVER;
			reload_begin(h);
		}
	} else if (h->state == HOUSE_DRAINING) {
		if (now >= h->drain_until)
			orders_stop(h);
		next = sooner(next, h->drain_until);
	}
	return next;
}

static void
turn(struct house *h)
{
	struct epoll_event ev[EVENTS_AT_ONCE];
	int n =
	    epoll_wait(h->epoll, ev, EVENTS_AT_ONCE, clock_left_ms(chores(h)));

	if (n < 0 && errno != EINTR)
		bug("epoll_wait: %s", strerror(errno));
	/* Clients last: by then all who are ready again have said so. */
	for (int i = 0; i < n; i++)
		if (ev[i].data.u64 >> 32 != TAG_LISTENER)
			event(h, &ev[i]);
	for (int i = 0; i < n; i++)
		if (ev[i].data.u64 >> 32 == TAG_LISTENER)
			event(h, &ev[i]);
}

int
master_run(const struct master_plan *plan)
{
	static struct house h; /* holds what is never freed */

	build(&h, plan);
	if (plan->reloaded)
		reload_adopt(&h);
	zygote_watch_due(&h);
	pool_refill(h.pool);
	if (!plan->reloaded)
		listeners_announce(plan->listeners, plan->server);
	notify_say("READY=1");
	/*
	 * Draining ends when the last child has been reaped, and the last
	 * client seen off.
	 */
	while (h.state == HOUSE_OPEN || reap_all(&h) ||
	    (h.state == HOUSE_DRAINING &&
		farewell_expire(h.farewell) != CLOCK_NEVER))
		turn(&h);
	log_debug("connections served: %llu", (unsigned long long)h.accepted);
	return 0;
}
