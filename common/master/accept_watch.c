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
	bool shut = m->accept_paused || m->full[l->offer].until != 0;

	return shut || l->lent ? 0 : EPOLLIN;
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

static void
shut_service(struct master *m, size_t service, int64_t until)
{
	const struct listeners *ls = m->plan->listeners;
	bool changes = (m->full[service].until != 0) != (until != 0);

	m->full[service].until = until;
	for (size_t i = 0; changes && i < ls->n; i++)
		if (ls->at[i].offer == service)
			set_watch(m, i, EPOLL_CTL_MOD);
}

void
accept_pause_service(struct master *m, size_t service, int64_t until)
{
	shut_service(m, service, until);
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
	for (size_t i = 0; i < m->share.services; i++)
		if (room_has_share(m, i)) {
			m->full[i].since = CLOCK_NEVER;
			shut_service(m, i, 0);
		}
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

/* For this service there was no room. */
static int64_t
full_due(struct master *m, size_t service)
{
	struct full *f = &m->full[service];

	/* Children who were forked since are some. */
	if (f->since != CLOCK_NEVER && pool_idle(m->pool) > 0 &&
	    room_has_share(m, service)) {
		f->since = CLOCK_NEVER;
		shut_service(m, service, 0);
	}
	if (f->until != 0 && clock_left_ms(f->until) > 0)
		return f->until;
	shut_service(m, service, 0);
	return CLOCK_NEVER;
}

int64_t
accept_due(struct master *m)
{
	int64_t next = CLOCK_NEVER;

	for (size_t i = 0; i < m->share.services; i++) {
		int64_t its = full_due(m, i);

		next = its < next ? its : next;
	}
	if (!m->accept_paused)
		return next;
	if (clock_left_ms(m->accept_resumes_at) > 0)
		return m->accept_resumes_at < next ? m->accept_resumes_at :
						     next;
	watch_all(m, false);
	return next;
}
