/*
 * room.c - how much of the pool each service has, as the master sees it: the
 * counts of the pool by the rules of share.h.
 */
#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"

void
room_open(struct master *m)
{
	const struct server *s = m->plan->server;
	const struct listeners *ls = m->plan->listeners;
	uint64_t asked[SERVICE_MAX] = { 0 };
	bool offered[SERVICE_MAX] = { false };

	for (size_t i = 0; i < s->offer_count; i++) {
		asked[i] = s->offers[i].reserve;
		m->full[i].since = CLOCK_NEVER;
	}
	for (size_t i = 0; i < ls->n; i++)
		offered[ls->at[i].offer] = true;
	if (!share_out(&m->share, s->options.max_children, s->offer_count,
		asked, offered))
		bug("reserves that nobody has checked");
}

bool
room_has_share(const struct master *m, size_t service)
{
	return pool_busy(m->pool) <
	    share_limit(&m->share, pool_busy_of(m->pool), service);
}

size_t
room_live(const struct master *m, size_t service)
{
	const size_t *busy = pool_busy_of(m->pool);

	/* Nobody draws lots for what is his. */
	if (share_is_within(&m->share, busy, service))
		return 0;
	return pool_busy(m->pool) + m->share.most -
	    share_limit(&m->share, busy, service);
}
