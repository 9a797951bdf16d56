/*
 * door_full.c - a house that is full, or nearly: who is asked to make room, who
 * waits, who is told.
 *
 * Each step of the ladder begins before the next one: children are forked on
 * demand; from three quarters of the house on those who only keep a connection
 * alive are asked to go; from seven eighths on lots are drawn (admit.c); a
 * full house lets clients wait in the backlog; and in the end it tells them.
 */
#include <poll.h>

#include "master/master_inside.h"
#include "system/clock.h"

static const struct service *
service_of(const struct house *h, const struct listener *l)
{
	return h->plan->server->offers[l->offer].service;
}

void
door_make_room(struct house *h, const struct listener *l)
{
	size_t most = h->plan->server->options.max_children;

	if (most >= 8 && pool_busy(h->pool) > most - most / 4 &&
	    service_of(h, l)->yields)
		pool_ask_oldest(h->pool);
}

/*
 * First the child that has served longest is asked to finish (a connection
 * kept alive ends at once), and the client waits in the backlog.  When that
 * has not helped for a while, clients are told.
 */
bool
door_may_wait(struct house *h, const struct listener *l)
{
	int64_t now = clock_ms();

	if (h->full_since == CLOCK_NEVER)
		h->full_since = now;
	if (now - h->full_since >= DOOR_WAIT_MS)
		return false;
	if (service_of(h, l)->yields)
		pool_ask_oldest(h->pool);
	h->remind_at = now + REMIND_MS;
	door_pause(h, h->full_since + DOOR_WAIT_MS);
	return true;
}

bool
door_is_awaited(const struct listener *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };

	return l->type == SOCK_STREAM && poll(&p, 1, 0) > 0;
}

static bool
does_anyone_wait(const struct house *h)
{
	const struct listeners *ls = h->plan->listeners;

	for (size_t i = 0; i < ls->n; i++)
		if (door_is_awaited(&ls->at[i]))
			return true;
	return false;
}

void
door_turn_away(struct house *h, const struct listener *l, int fd)
{
	/*
	 * Whoever comes after the last of them, be it because of what this
	 * one is told, has a wait of its own: a child may be about to end.
	 */
	if (h->full_since != CLOCK_NEVER && !does_anyone_wait(h))
		h->full_since = CLOCK_NEVER;
	pool_scoreboard(h->pool)->turned_away++;
	farewell_say(h->farewell, fd, service_of(h, l)->busy);
}
