/*
 * accept_watch.c - which listeners are watched: all of them, none for a while,
 * a datagram socket not while a child reads it.
 */
#include <sys/epoll.h>

#include "master/master_inside.h"
#include "system/clock.h"

static uint32_t
interest(const struct master *m, const struct listener *l)
{
	return m->accept_paused || l->lent ? 0 : EPOLLIN;
}

static int
set_watch(struct master *m, size_t i, int op)
{
	const struct listener *l = &m->plan->listeners->at[i];
	struct epoll_event ev = { .events = interest(m, l),
		.data.u64 = master_tag(TAG_LISTENER, i) };

	return epoll_ctl(m->epoll, op, l->fd, &ev);
}

int
accept_open(struct master *m)
{
	for (size_t i = 0; i < m->plan->listeners->n; i++)
		if (set_watch(m, i, EPOLL_CTL_ADD) < 0)
			return -1;
	return 0;
}

static void
watch_all(struct master *m, bool shut)
{
	if (m->accept_paused == shut)
		return;
	m->accept_paused = shut;
	for (size_t i = 0; i < m->plan->listeners->n; i++)
		set_watch(m, i, EPOLL_CTL_MOD);
}

void
accept_pause(struct master *m, int64_t until)
{
	m->accept_resumes_at = until;
	watch_all(m, true);
}

void
accept_lend(struct master *m, size_t i)
{
	m->plan->listeners->at[i].lent = true;
	set_watch(m, i, EPOLL_CTL_MOD);
}

void
accept_room(struct master *m)
{
	m->full_since = CLOCK_NEVER;
	if (m->accept_paused && m->pause_ms == 0)
		watch_all(m, false);
}

void
accept_returned(struct master *m, size_t i)
{
	m->plan->listeners->at[i].lent = false;
	if (m->state == MASTER_OPEN)
		set_watch(m, i, EPOLL_CTL_MOD);
}

int64_t
accept_due(struct master *m)
{
	/* There was no room; children who were forked since are some. */
	if (m->full_since != CLOCK_NEVER && pool_idle(m->pool) > 0)
		accept_room(m);
	if (!m->accept_paused)
		return CLOCK_NEVER;
	if (clock_left_ms(m->accept_resumes_at) > 0)
		return m->accept_resumes_at;
	watch_all(m, false);
	return CLOCK_NEVER;
}
