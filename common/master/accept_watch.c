/*
 * door_watch.c - which listeners are watched: all of them, none for a while, a
 * datagram socket not while a child reads it.
 */
#include <sys/epoll.h>

#include "master/master_inside.h"
#include "system/clock.h"

static uint32_t
interest(const struct house *h, const struct listener *l)
{
	return h->door_shut || l->lent ? 0 : EPOLLIN;
}

static int
set_watch(struct house *h, size_t i, int op)
{
	const struct listener *l = &h->plan->listeners->at[i];
	struct epoll_event ev = { .events = interest(h, l),
		.data.u64 = house_tag(TAG_LISTENER, i) };

	return epoll_ctl(h->epoll, op, l->fd, &ev);
}

int
door_open(struct house *h)
{
	for (size_t i = 0; i < h->plan->listeners->n; i++)
		if (set_watch(h, i, EPOLL_CTL_ADD) < 0)
			return -1;
	return 0;
}

static void
watch_all(struct house *h, bool shut)
{
	if (h->door_shut == shut)
		return;
	h->door_shut = shut;
	for (size_t i = 0; i < h->plan->listeners->n; i++)
		set_watch(h, i, EPOLL_CTL_MOD);
}

void
door_pause(struct house *h, int64_t until)
{
	h->door_opens_at = until;
	watch_all(h, true);
}

void
door_lend(struct house *h, size_t i)
{
	h->plan->listeners->at[i].lent = true;
	set_watch(h, i, EPOLL_CTL_MOD);
}

void
door_room(struct house *h)
{
	h->full_since = CLOCK_NEVER;
	if (h->door_shut && h->pause_ms == 0)
		watch_all(h, false);
}

void
door_returned(struct house *h, size_t i)
{
	h->plan->listeners->at[i].lent = false;
	if (h->state == HOUSE_OPEN)
		set_watch(h, i, EPOLL_CTL_MOD);
}

int64_t
door_due(struct house *h)
{
	/* There was no room; children who were forked since are some. */
	if (h->full_since != CLOCK_NEVER && pool_idle(h->pool) > 0)
		door_room(h);
	if (!h->door_shut)
		return CLOCK_NEVER;
	if (clock_left_ms(h->door_opens_at) > 0)
		return h->door_opens_at;
	watch_all(h, false);
	return CLOCK_NEVER;
}
