/*
 * overload.c - a pool that is full, or nearly: who is asked to make room, who
 * waits, who is told.
 *
 * Each step of the ladder begins before the next one: children are forked on
 * demand; from three quarters of the pool on those who only keep a connection
 * alive are asked to go; from seven eighths on lots are drawn (admit.c); a
 * full pool lets clients wait in the backlog; and in the end it tells them.
 */
#include <poll.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"

static const struct service *
service_of(const struct master *m, const struct listener *l)
{
	return m->plan->server->offers[l->offer].service;
}

/* Can this child be asked to make room?  Its own service says so. */
static bool
yields(const void *context, const struct child *c)
{
	const struct master *m = context;

	return service_of(m, &m->plan->listeners->at[c->listener])->yields;
}

void
overload_make_room(struct master *m)
{
	size_t most = m->plan->server->options.max_children;

	if (most >= 8 && pool_busy(m->pool) > most - most / 4)
		pool_ask_oldest(m->pool, yields, m);
}

/*
 * First the child that has served longest is asked to finish (a connection
 * kept alive ends at once), and the client waits in the backlog.  When that
 * has not helped for a while, clients are told.  One that was asked long ago
 * and is still at it may be at a long answer, or may have been taken over to
 * hold its place: now that others need it, it is ended.
 */
bool
overload_may_wait(struct master *m)
{
	int64_t now = clock_ms();

	pool_end_told(m->pool, m->plan->server->options.grace_ms);
	if (m->full_since == CLOCK_NEVER)
		m->full_since = now;
	if (now - m->full_since >= OVERLOAD_WAIT_MS)
		return false;
	pool_ask_oldest(m->pool, yields, m);
	m->remind_at = now + REMIND_MS;
	accept_pause(m, m->full_since + OVERLOAD_WAIT_MS);
	return true;
}

bool
overload_is_awaited(const struct listener *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };

	return l->type == SOCK_STREAM && poll(&p, 1, 0) > 0;
}

static bool
does_anyone_wait(const struct master *m)
{
	const struct listeners *ls = m->plan->listeners;

	for (size_t i = 0; i < ls->n; i++)
		if (overload_is_awaited(&ls->at[i]))
			return true;
	return false;
}

static void
tell_one(const struct addr *peer, enum refusal_kind kind)
{
	char host[ADDR_MAX_TEXT];

	log_warn(
	    "refused %s: %s", addr_host(peer, host), refusal_tally_word(kind));
}

static void
tell_more(const struct refusal_count *c, enum refusal_kind kind)
{
	char host[ADDR_MAX_TEXT];

	log_warn("refused %llu more: %s; the last was %s",
	    (unsigned long long)c->more, refusal_tally_word(kind),
	    addr_host(&c->last, host));
}

int64_t
overload_tell(struct master *m)
{
	int64_t now = clock_ms();
	struct refusal_count c;

	for (int i = 0; i < REFUSED_KINDS; i++)
		if (refusal_tally_due(
			&m->refused, (enum refusal_kind)i, now, &c))
			tell_more(&c, (enum refusal_kind)i);
	return refusal_tally_next(&m->refused);
}

void
overload_tell_rest(struct master *m)
{
	for (int i = 0; i < REFUSED_KINDS; i++)
		if (m->refused.of[i].more > 0)
			tell_more(&m->refused.of[i], (enum refusal_kind)i);
	m->refused = (struct refusal_tally){ 0 };
}

void
overload_turn_away(struct master *m, const struct listener *l, int fd,
    const struct addr *peer, enum refusal_kind kind)
{
	/*
	 * Whoever comes after the last of them, be it because of what this
	 * one is told, has a wait of its own: a child may be about to end.
	 */
	if (m->full_since != CLOCK_NEVER && !does_anyone_wait(m))
		m->full_since = CLOCK_NEVER;
	pool_scoreboard(m->pool)->turned_away++;
	if (refusal_tally_add(&m->refused, kind, peer, clock_ms()))
		tell_one(peer, kind);
	refusal_say(m->refusal, fd, service_of(m, l)->busy);
}
