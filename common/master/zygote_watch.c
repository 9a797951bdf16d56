/*
 * births.c - the master and its nursery (nursery.h): children that are ordered
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

#define PAUSE_MS 1000 /* after a nursery that ended by itself */

int64_t
births_due(struct house *h)
{
	struct epoll_event ev = { .events = EPOLLIN,
		.data.u64 = house_tag(TAG_NURSERY, 0) };
	int fd;

	if (h->nursery_at == CLOCK_NEVER || clock_ms() < h->nursery_at)
		return h->nursery_at;
	h->nursery_at = CLOCK_NEVER;
	fd = pool_open_nursery(h->pool);
	h->nursery = pool_nursery(h->pool);
	if (fd >= 0 && epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		births_close(h);
	return CLOCK_NEVER;
}

void
births_close(struct house *h)
{
	pool_close_nursery(h->pool);
}

void
births_kill(struct house *h)
{
	births_close(h);
	if (h->nursery > 0)
		kill(h->nursery, SIGKILL);
}

/* The nursery bears in the order of orders. */
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
births_hear(struct house *h)
{
	if (!pool_births(h->pool))
		births_close(h); /* it is reaped soon */
	look_again(h);
	h->birth_since = CLOCK_NEVER;
	if (h->state == HOUSE_OPEN)
		door_room(h);
}

bool
births_may_be(struct house *h, pid_t pid, int status)
{
	if (pool_coming(h->pool) == 0 || h->early_count == HOUSE_EARLY)
		return false;
	h->early[h->early_count++] =
	    (struct early){ pid, status, pool_ordered(h->pool) };
	return true;
}

void
births_ended(struct house *h, int status)
{
	h->nursery = 0;
	births_hear(h);
	births_close(h);
	look_again(h);
	if (h->state != HOUSE_OPEN)
		return;
	log_error("the nursery ended (%s %d); children are forked without it",
	    WIFSIGNALED(status) ? "signal" : "code",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	h->nursery_at = clock_ms() + PAUSE_MS;
}
