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
#include "sandbox/restored.h"
#include "system/clock.h"
#include "system/heap.h"
#include "system/limits.h"
#include "system/log.h"
#include "system/notify.h"
#include "system/turns.h"

#define EVENTS_AT_ONCE 64

static uint64_t
tag_of_refusal(uint32_t entry)
{
	return master_tag(TAG_REFUSAL, entry);
}

static int
watch(struct master *m, int fd, uint64_t tag)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = tag };

	return epoll_ctl(m->epoll, EPOLL_CTL_ADD, fd, &ev);
}

static void
watch_child(void *context, const struct child *c, int control)
{
	struct master *m = context;

	if (watch(m, control, master_tag(TAG_CHILD, pool_index(m->pool, c))) <
	    0)
		log_warn("epoll: %s", strerror(errno));
}

static void
unwatch_child(void *context, int control)
{
	struct master *m = context;

	epoll_ctl(m->epoll, EPOLL_CTL_DEL, control, NULL);
}

/* The rules hold on loopback only when a limit was asked for. */
static struct admit *
make_admit(const struct server_options *o, size_t resting)
{
	struct admit_rules rules = { .most = o->max_children,
		.resting = resting,
		.per_source = o->per_client != 0 ? o->per_client : 64,
		.loopback_too = o->per_client != 0 };

	return admit_new(&rules);
}

/* Whom it has refused is the master's business alone. */
static struct refusal_tally *
make_tally(void)
{
	struct refusal_tally *t = heap_own(sizeof(*t));

	if (t != NULL)
		heap_hand_on(t, sizeof(*t), false);
	return t;
}

/* What nothing has to be opened for. */
static void
begin(struct master *m, const struct master_plan *plan)
{
	const struct server_options *o = &plan->server->options;

	*m = (struct master){ .plan = plan,
		.leave_at = CLOCK_NEVER,
		.drain_until = CLOCK_NEVER,
		.remind_at = CLOCK_NEVER,
		/* A reload asks for a new certificate. */
		.renew_at = plan->server->renew_ms > 0 ?
		    clock_ms() + plan->server->renew_ms :
		    CLOCK_NEVER,
		.birth_since = CLOCK_NEVER,
		.accept_resumes_at = CLOCK_NEVER,
		.image_ms = clock_ms() };
	m->birth = (struct pool_birth){ .setup = plan->setup,
		.exec_argv = o->isolation == ISOLATION_EXEC ? plan->argv : NULL,
		.exec_path = plan->image,
		.hear = o->reuse != 1 || sandbox_restores(plan->setup.sandbox),
		.restored = sandbox_restores(plan->setup.sandbox),
		.logger = &m->logger,
		.watch = watch_child,
		.unwatch = unwatch_child,
		.is_ours = zygote_watch_is_ours,
		.context = m };
}

static void
build(struct master *m, const struct master_plan *plan)
{
	const struct server_options *o = &plan->server->options;
	struct pool_limits limits = { .most = o->max_children,
		.min_idle = o->min_idle,
		.max_idle = o->max_idle };

	begin(m, plan);
	m->epoll = epoll_create1(EPOLL_CLOEXEC);
	m->signals = signals_open();
	logger_init(&m->logger);
	helpers_make(m);
	m->pool = pool_new(&limits, &m->birth);
	rest_watch_open(m);
	m->admit = make_admit(o, rest_most(m->rest));
	m->refused = make_tally();
	if (m->epoll < 0 || m->signals < 0 || m->pool == NULL ||
	    m->admit == NULL || m->refused == NULL)
		die(EXIT_OSERR, "the master cannot begin: %s%s",
		    strerror(errno), limits_hint(errno));
	room_open(m);
	m->refusal = refusal_new(m->epoll, tag_of_refusal);
	if (m->refusal == NULL ||
	    watch(m, m->signals, master_tag(TAG_SIGNAL, 0)) < 0 ||
	    accept_open(m) < 0)
		die(EXIT_OSERR, "the master cannot begin: %s%s",
		    strerror(errno), limits_hint(errno));
	paths_open(m);
}

static void
event(struct master *m, const struct epoll_event *ev)
{
	uint32_t index = (uint32_t)ev->data.u64;

	switch (ev->data.u64 >> 32) {
	case TAG_LISTENER:
		if (m->state == MASTER_OPEN)
			accept_waiting(m, index);
		if (m->state == MASTER_OPEN && accept_is_enough(m))
			drain_begin(m, "served as many as were asked for");
		break;
	case TAG_SIGNAL:
		signals_take(m);
		break;
	case TAG_CHILD:
		reap_word(m, index);
		break;
	case TAG_ZYGOTE:
		zygote_watch_hear(m);
		break;
	case TAG_RESTORER:
		restorer_watch_hear(m);
		break;
	case TAG_PATHS:
		paths_look(m, index);
		break;
	case TAG_REST:
		rest_watch_woke(m, index, ev->events);
		break;
	case TAG_REFUSAL:
		refusal_done(m->refusal, index);
		break;
	}
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Tell systemd that we are alive, as often as it wants to hear that. */
static int64_t
tell_watchdog(int64_t now)
{
	static int64_t due;
	int64_t every = notify_watchdog_ms();

	if (every <= 0)
		return CLOCK_NEVER;
	if (now >= due) {
		notify_say("WATCHDOG=1");
		due = now + every;
	}
	return due;
}

/* Children that were asked to finish are asked again while we drain. */
static int64_t
remind(struct master *m, int64_t now)
{
	if (now >= m->remind_at) {
		pool_remind(m->pool);
		m->remind_at =
		    m->state == MASTER_DRAINING ? now + REMIND_MS : CLOCK_NEVER;
	}
	return m->remind_at;
}

/* What is to be done as long as clients may come. */
static int64_t
keep_open(struct master *m, int64_t now)
{
	int64_t next;

	if (!pool_refill(m->pool))
		return now;
	next = pool_retry_at(m->pool);
	next = sooner(next, pool_shrink(m->pool));
	next = sooner(next, accept_due(m));
	next = sooner(next, drain_due(m));
	if (m->state != MASTER_OPEN)
		return now;
	if (now >= m->renew_at) {
		m->renew_at = CLOCK_NEVER;
		reload_begin(m);
		return now;
	}
	return sooner(next, m->renew_at);
}

/* What is to be done as long as clients leave. */
static int64_t
keep_draining(struct master *m, int64_t now)
{
	if (now >= m->drain_until)
		drain_stop(m);
	return m->drain_until;
}

/* Do what is due and return when something is due next. */
static int64_t
chores(struct master *m)
{
	int64_t next = refusal_expire(m->refusal), now = clock_ms();

	pool_scoreboard(m->pool);
	next = sooner(next, tell_watchdog(now));
	next = sooner(next, remind(m, now));
	next = sooner(next, overload_tell(m));
	next = sooner(next, helpers_due(m));
	next = sooner(next, logger_watch_due(m));
	next = sooner(next, pool_overdue(m->pool, reap_late));
	next = sooner(next, rest_watch_due(m));
	if (m->state == MASTER_OPEN)
		return sooner(next, keep_open(m, now));
	if (m->state == MASTER_DRAINING)
		next = sooner(next, keep_draining(m, now));
	logger_watch_finish(m);
	return next;
}

static void
turn(struct master *m)
{
	struct epoll_event ev[EVENTS_AT_ONCE];
	int n =
	    epoll_wait(m->epoll, ev, EVENTS_AT_ONCE, clock_left_ms(chores(m)));

	if (n < 0 && errno != EINTR)
		bug("epoll_wait: %s", strerror(errno));
	/* Clients last: by then all who are ready again have said so. */
	for (int i = 0; i < n; i++)
		if (ev[i].data.u64 >> 32 != TAG_LISTENER)
			event(m, &ev[i]);
	rest_watch_give(m);
	for (int i = 0; i < n; i++)
		if (ev[i].data.u64 >> 32 == TAG_LISTENER)
			event(m, &ev[i]);
}

int
master_run(const struct master_plan *plan)
{
	static struct master m; /* holds what is never freed */

	turns_soon();
	build(&m, plan);
	if (plan->reloaded)
		reload_adopt(&m);
	helpers_due(&m);
	pool_refill(m.pool);
	if (!plan->reloaded) {
		listeners_announce(plan->listeners, plan->server);
		plan->announced();
	}
	notify_say("READY=1");
	/*
	 * Draining ends when the last child has been reaped, and the last
	 * client seen off.
	 */
	while (m.state == MASTER_OPEN || reap_all(&m) ||
	    (m.state == MASTER_DRAINING &&
		refusal_expire(m.refusal) != CLOCK_NEVER))
		turn(&m);
	overload_tell_rest(&m);
	log_debug("connections served: %llu", (unsigned long long)m.accepted);
	return 0;
}
