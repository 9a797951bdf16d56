/*
 * zygote_watch.c - the master and its zygote (zygote.h): children that are
 * ordered now and come a little later.
 */
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"

#define PAUSE_MS 1000 /* after a zygote that ended by itself */

void
zygote_watch_open(struct master *m, struct helper *h)
{
	struct epoll_event ev = { .events = EPOLLIN,
		.data.u64 = master_tag(TAG_ZYGOTE, 0) };
	int channel = helpers_channel(m, h);
	int fd = pool_open_zygote(m->pool, channel);

	if (channel >= 0)
		close(channel);
	h->pid = pool_zygote(m->pool);
	if (h->pid == 0) {
		logger_forget(&m->logger, h->log);
		h->log = -1;
	}
	if (fd >= 0 && epoll_ctl(m->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		zygote_watch_close(m, h);
}

void
zygote_watch_close(struct master *m, struct helper *h)
{
	(void)h;
	pool_close_zygote(m->pool);
}

static bool
has_ended(const struct master *m, pid_t pid)
{
	for (size_t i = 0; i < m->unknown_count; i++)
		if (m->unknown[i].pid == pid)
			return true;
	return false;
}

bool
zygote_watch_is_ours(void *context, pid_t pid)
{
	const struct master *m = context;
	siginfo_t info;

	return !helpers_know(m, pid) &&
	    (has_ended(m, pid) ||
		waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		    0);
}

void
zygote_watch_hear(struct master *m)
{
	if (!pool_births(m->pool))
		pool_close_zygote(m->pool); /* it is reaped soon */
	reap_again(m);
	m->birth_since = CLOCK_NEVER;
	if (m->state == MASTER_OPEN)
		accept_room(m);
}

void
zygote_watch_ended(struct master *m, struct helper *h, int status)
{
	zygote_watch_hear(m);
	pool_close_zygote(m->pool);
	reap_again(m);
	if (m->state != MASTER_OPEN)
		return;
	log_error("the zygote ended (%s %d); children are forked without it",
	    WIFSIGNALED(status) ? "signal" : "code",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	h->start_at = clock_ms() + PAUSE_MS;
}
