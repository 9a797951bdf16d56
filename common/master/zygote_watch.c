/*
 * zygote_watch.c - the master and its zygote (zygote.h): children that are ordered
 * now and come a little later.
 *
 * A child may even have ended before the news of its birth is read.  So who
 * ends unknown while births are awaited is kept until those are known.
 */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"

#define PAUSE_MS 1000 /* after a zygote that ended by itself */

int64_t
zygote_watch_due(struct master *m)
{
	struct epoll_event ev = { .events = EPOLLIN,
		.data.u64 = master_tag(TAG_ZYGOTE, 0) };
	int fd;

	if (m->zygote_at == CLOCK_NEVER || clock_ms() < m->zygote_at)
		return m->zygote_at;
	m->zygote_at = CLOCK_NEVER;
	fd = pool_open_zygote(m->pool);
	m->zygote = pool_zygote(m->pool);
	if (fd >= 0 && epoll_ctl(m->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		zygote_watch_close(m);
	return CLOCK_NEVER;
}

void
zygote_watch_close(struct master *m)
{
	pool_close_zygote(m->pool);
}

void
zygote_watch_kill(struct master *m)
{
	zygote_watch_close(m);
	if (m->zygote > 0)
		kill(m->zygote, SIGKILL);
}

/* The zygote bears in the order of orders. */
static uint64_t
known(const struct master *m)
{
	return pool_ordered(m->pool) - pool_coming(m->pool);
}

/* Some births are known now: bury whose end came first. */
static void
look_again(struct master *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->early_count; i++) {
		struct early e = m->early[i];

		if (known(m) < e.until && pool_find(m->pool, e.pid) == NULL)
			m->early[kept++] = e;
		else
			reap_one(m, e.pid, e.status);
	}
	m->early_count = kept;
}

void
zygote_watch_hear(struct master *m)
{
	if (!pool_births(m->pool))
		zygote_watch_close(m); /* it is reaped soon */
	look_again(m);
	m->birth_since = CLOCK_NEVER;
	if (m->state == MASTER_OPEN)
		accept_room(m);
}

bool
zygote_watch_may_be(struct master *m, pid_t pid, int status)
{
	if (pool_coming(m->pool) == 0 || m->early_count == MASTER_EARLY)
		return false;
	m->early[m->early_count++] =
	    (struct early){ pid, status, pool_ordered(m->pool) };
	return true;
}

void
zygote_watch_ended(struct master *m, int status)
{
	m->zygote = 0;
	zygote_watch_hear(m);
	zygote_watch_close(m);
	look_again(m);
	if (m->state != MASTER_OPEN)
		return;
	log_error("the zygote ended (%s %d); children are forked without it",
	    WIFSIGNALED(status) ? "signal" : "code",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	m->zygote_at = clock_ms() + PAUSE_MS;
}
