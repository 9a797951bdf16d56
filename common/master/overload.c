/*
 * overload.c - a pool that is full, or nearly: who is asked to make room, who
 * waits, who is told.
 *
 * Each step of the ladder begins before the next one: children are forked on
 * demand; from three quarters of the pool on those who only keep a connection
 * alive are asked to go; from seven eighths on lots are drawn (admit.c); a
 * full pool lets clients wait in the backlog; and in the end it tells them.
 * Where several services share the pool, each climbs a ladder of its own: full
 * is what others have not in reserve (share.h).
 */
#include <poll.h>

#include "child/introduce.h"
#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"

static const struct service *
service_of(const struct master *m, size_t offer)
{
	return m->plan->server->offers[offer].service;
}

/* Ask one to go for a client of this service: each by its own service. */
static void
ask_one(struct master *m, size_t to)
{
	bool may[SERVICE_MAX] = { false };

	for (size_t i = 0; i < m->share.services; i++)
		may[i] = service_of(m, i)->yields &&
		    share_gives_way(&m->share, pool_busy_of(m->pool), i, to);
	pool_ask_oldest(m->pool, may);
}

void
overload_make_room(struct master *m, const struct listener *l)
{
	size_t most = m->share.most;

	if (most >= 8 && room_live(m, l->offer) > most - most / 4)
		ask_one(m, l->offer);
}

/*
 * First the child that has served longest is asked to finish (a connection
 * kept alive ends at once), and the client waits in the backlog.  When that
 * has not helped for a while, clients are told.  One that was asked long ago
 * and is still at it may be at a long answer, or may have been taken over to
 * hold its place: now that others need it, it is ended.
 */
bool
overload_may_wait(struct master *m, const struct listener *l)
{
	struct full *full = &m->full[l->offer];
	int64_t now = clock_ms();

	pool_end_told(m->pool, m->plan->server->options.grace_ms);
	if (full->since == CLOCK_NEVER)
		full->since = now;
	if (now - full->since >= OVERLOAD_WAIT_MS)
		return false;
	ask_one(m, l->offer);
	m->remind_at = now + REMIND_MS;
	accept_pause_service(m, l->offer, full->since + OVERLOAD_WAIT_MS);
	return true;
}

bool
overload_is_awaited(const struct listener *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };

	return l->type == SOCK_STREAM && poll(&p, 1, 0) > 0;
}

static bool
does_anyone_wait(const struct master *m, size_t service)
{
	const struct listeners *ls = m->plan->listeners;

	for (size_t i = 0; i < ls->n; i++)
		if (ls->at[i].offer == service &&
		    overload_is_awaited(&ls->at[i]))
			return true;
	return false;
}

static void
tell_one(struct master *m, const struct addr *peer, enum refusal_kind kind)
{
	const char *why = refusal_tally_word(kind);
	char host[ADDR_MAX_TEXT];

	addr_host(peer, host);
	if (refusal_tally_add(m->refused, kind, peer, clock_ms()))
		log_warn("refused %s: %s", host, why);
	else
		log_debug("refused %s: %s", host, why);
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
			m->refused, (enum refusal_kind)i, now, &c))
			tell_more(&c, (enum refusal_kind)i);
	return refusal_tally_next(m->refused);
}

void
overload_tell_rest(struct master *m)
{
	for (int i = 0; i < REFUSED_KINDS; i++)
		if (m->refused->of[i].more > 0)
			tell_more(&m->refused->of[i], (enum refusal_kind)i);
	*m->refused = (struct refusal_tally){ 0 };
}

void
overload_refused(
    struct master *m, const struct addr *peer, enum refusal_kind kind)
{
	struct scoreboard_head *b = pool_scoreboard(m->pool);

	b->turned_away++;
	b->counts.refused[kind]++;
	tell_one(m, peer, kind);
}

void
overload_turn_away(struct master *m, const struct listener *l, int fd,
    const struct addr *peer, enum refusal_kind kind)
{
	struct full *full = &m->full[l->offer];

	/*
	 * Whoever comes after the last of them, be it because of what this
	 * one is told, has a wait of its own: a child may be about to end.
	 */
	if (full->since != CLOCK_NEVER && !does_anyone_wait(m, l->offer))
		full->since = CLOCK_NEVER;
	overload_refused(m, peer, kind);
	refusal_say(m->refusal, fd,
	    l->secure ? introduce_alert : service_of(m, l->offer)->busy);
}
