/*
 * drain.c - how the master ends: no new clients and time for the present ones,
 * or at once.
 */
#include <signal.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/notify.h"

#define WHY "asked to end"

void
drain_soon(struct master *m)
{
	int64_t delay_ms = m->plan->server->options.drain_delay_ms;

	/* Asked twice: whoever asks does not want to wait. */
	if (delay_ms == 0 || m->leave_at != CLOCK_NEVER) {
		drain_begin(m, WHY);
		return;
	}
	pool_scoreboard(m->pool)->leaving = 1;
	m->leave_at = clock_ms() + delay_ms;
	log_info("%s: not ready from now on; no more clients in %lld.%03lld s",
	    WHY, (long long)delay_ms / 1000, (long long)delay_ms % 1000);
}

int64_t
drain_due(struct master *m)
{
	if (clock_ms() >= m->leave_at)
		drain_begin(m, WHY);
	return m->leave_at;
}

void
drain_begin(struct master *m, const char *why)
{
	int64_t grace_ms = m->plan->server->options.grace_ms;

	if (m->state != MASTER_OPEN)
		return;
	notify_say("STOPPING=1");
	m->state = MASTER_DRAINING;
	m->leave_at = CLOCK_NEVER;
	pool_scoreboard(m->pool)->leaving = 1;
	accept_close(m);
	m->drain_until = clock_ms() + grace_ms;
	m->remind_at = clock_ms() + REMIND_MS;
	log_info("%s: draining, %zu at work", why, pool_busy(m->pool));
	pool_signal_busy(m->pool, SIGTERM);
	rest_watch_end_all(m);
	pool_dismiss_idle(m->pool);
	helpers_drain(m);
}

void
drain_stop(struct master *m)
{
	size_t busy = pool_busy(m->pool);

	if (m->state == MASTER_STOPPING)
		return;
	if (m->state == MASTER_OPEN) {
		notify_say("STOPPING=1");
		listeners_close(m->plan->listeners);
	}
	if (busy > 0)
		log_info("stopping: %zu connections are cut short", busy);
	m->state = MASTER_STOPPING;
	pool_signal_all(m->pool, SIGKILL);
	helpers_stop(m);
}
