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
zygote_watch_due(struct house *h)
{
	struct epoll_event ev = { .events = EPOLLIN,
		.data.u64 = house_tag(TAG_ZYGOTE, 0) };
	int fd;

	if (h->zygote_at == CLOCK_NEVER || clock_ms() < h->zygote_at)
		return h->zygote_at;
	h->zygote_at = CLOCK_NEVER;
	fd = pool_open_zygote(h->pool);
	h->zygote = pool_zygote(h->pool);
	if (fd >= 0 && epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		zygote_watch_close(h);
	return CLOCK_NEVER;
}

void
zygote_watch_close(struct house *h)
{
	pool_close_zygote(h->pool);
}

void
zygote_watch_kill(struct house *h)
{
	zygote_watch_close(h);
	if (h->zygote > 0)
		kill(h->zygote, SIGKILL);
}

/* The zygote bears in the order of orders. */
static uint64_t
known(const struct house *h)
{
	return pool_ordered(h->pool) - pool_coming(h->pool);
}

/* Some births are known now: bury whose end came first. */
static void
look_again(struct house *h)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->early_count; i++) {
		struct early e = h->early[i];

		if (known(h) < e.until && pool_find(h->pool, e.pid) == NULL)
			h->early[kept++] = e;
		else
			reap_one(h, e.pid, e.status);
	}
	h->early_count = kept;
}

void
zygote_watch_hear(struct house *h)
{
	if (!pool_births(h->pool))
		zygote_watch_close(h); /* it is reaped soon */
	look_again(h);
	h->birth_since = CLOCK_NEVER;
	if (h->state == HOUSE_OPEN)
		door_room(h);
}

bool
zygote_watch_may_be(struct house *h, pid_t pid, int status)
{
	if (pool_coming(h->pool) == 0 || h->early_count == HOUSE_EARLY)
		return false;
	h->early[h->early_count++] =
	    (struct early){ pid, status, pool_ordered(h->pool) };
	return true;
}

void
zygote_watch_ended(struct house *h, int status)
{
	h->zygote = 0;
	zygote_watch_hear(h);
	zygote_watch_close(h);
	look_again(h);
	if (h->state != HOUSE_OPEN)
		return;
	log_error("the zygote ended (%s %d); children are forked without it",
	    WIFSIGNALED(status) ? "signal" : "code",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	h->zygote_at = clock_ms() + PAUSE_MS;
}
