/*
 * drain.c - how the master ends: no new clients and time for the present ones,
 * or at once.
 */
#include <signal.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/notify.h"

void
drain_begin(struct master *m, const char *why)
{
	int64_t grace_ms = m->plan->server->options.grace_ms;

	if (m->state != MASTER_OPEN)
		return;
	notify_say("STOPPING=1");
	m->state = MASTER_DRAINING;
	accept_close(m);
	m->drain_until = clock_ms() + grace_ms;
	m->remind_at = clock_ms() + REMIND_MS;
	log_info("%s: draining, %zu at work", why, pool_busy(m->pool));
	pool_signal_busy(m->pool, SIGTERM);
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
