/*
 * pool_ask.c - what is asked of children by signals: to finish, or to die.
 */
#include <signal.h>

#include "master/pool.h"
#include "system/clock.h"

static void
tell(struct child *c)
{
	if (c->told_ms == 0)
		c->told_ms = clock_ms();
	c->told = true;
	kill(c->pid, SIGTERM);
}

static bool
is_older(const struct child *c, const struct child *than)
{
	return c->since_ms != than->since_ms ? c->since_ms < than->since_ms :
					       c->turn < than->turn;
}

bool
pool_ask_oldest(struct pool *p, const bool may[SERVICE_MAX])
{
	struct child *oldest = NULL;

	for (size_t i = 0; i < pool_size(p); i++) {
		struct child *c = pool_child(p, i);

		if (c->state == CHILD_BUSY && c->told_ms == 0 &&
		    may[c->service] && (oldest == NULL || is_older(c, oldest)))
			oldest = c;
	}
	if (oldest == NULL)
		return false;
	tell(oldest);
	return true;
}

void
pool_ask_service(struct pool *p, size_t service)
{
	for (size_t i = 0; i < pool_size(p); i++) {
		struct child *c = pool_child(p, i);

		if (c->state == CHILD_BUSY && c->service == service)
			tell(c);
	}
}

void
pool_renew(struct pool *p)
{
	for (size_t i = 0; i < pool_size(p); i++)
		if (pool_child(p, i)->state == CHILD_BUSY)
			pool_child(p, i)->told = true;
	pool_dismiss_idle(p);
}

void
pool_remind(struct pool *p)
{
	for (size_t i = 0; i < pool_size(p); i++) {
		const struct child *c = pool_child(p, i);

		if (c->state == CHILD_BUSY && c->told)
			kill(c->pid, SIGTERM);
	}
}

bool
pool_has_reader(struct pool *p, size_t listener)
{
	for (size_t i = 0; i < pool_size(p); i++) {
		const struct child *c = pool_child(p, i);

		if (c->state == CHILD_BUSY && c->reading &&
		    c->listener == listener)
			return true;
	}
	return false;
}

void
pool_signal_busy(struct pool *p, int sig)
{
	for (size_t i = 0; i < pool_size(p); i++) {
		struct child *c = pool_child(p, i);

		if (c->state != CHILD_BUSY)
			continue;
		if (sig == SIGTERM)
			tell(c);
		else
			kill(c->pid, sig);
	}
}

void
pool_signal_all(struct pool *p, int sig)
{
	for (size_t i = 0; i < pool_size(p); i++)
		if (pool_child(p, i)->pid > 0)
			kill(pool_child(p, i)->pid, sig);
}
