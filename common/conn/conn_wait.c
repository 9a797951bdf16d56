/*
 * conn_wait.c - patience with one client: waits for more than its bytes, which
 * the master may cut short.
 *
 * The wait between two requests, and the deadline, are in conn_idle.c.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "conn/conn.h"
#include "conn/conn_take.h"
#include "system/clock.h"

/*
 * As poll(2), but in a child the order to go ends it, also one that comes just
 * before: while we look and until the wait begins the signal is held back.
 */
static int
poll_or_drain(struct pollfd *p, nfds_t n, int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	sigset_t term, before;
	int got;

	if (!conn_is_in_child())
		return poll(p, n, ms);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	got = conn_draining() ? 0 : ppoll(p, n, ms < 0 ? NULL : &t, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return got;
}

/* What poll(2) said, in our words. */
static int
events_of(const struct pollfd *p, unsigned what)
{
	unsigned seen = 0;

	/* POLLHUP is said of both ways, whoever asks. */
	if ((p[0].revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0)
		seen |= CONN_HUNG_UP;
	if ((p[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		seen |= CONN_READABLE & what;
	if ((p[0].revents & (POLLOUT | POLLERR)) != 0)
		seen |= CONN_WRITABLE & what;
	if (p[1].revents != 0)
		seen |= CONN_OTHER;
	return (int)seen;
}

/* What the transport holds already, poll(2) cannot see: that is asked before. */
static void
set_events(struct pollfd *p, unsigned what)
{
	if ((what & CONN_READABLE) != 0)
		p[0].events |= POLLIN;
	if ((what & CONN_WRITABLE) != 0)
		p[0].events |= POLLOUT;
	if ((what & CONN_HUNG_UP) != 0)
		p[0].events |= POLLRDHUP;
	if ((what & CONN_OTHER_TAKES) != 0)
		p[1].events |= POLLOUT;
}

int
conn_wait(struct conn *c, unsigned what, int other, int64_t ms)
{
	int64_t until = ms < 0 ? CLOCK_NEVER : clock_ms() + ms;
	struct pollfd p[2] = { { .fd = c->fd },
		{ .fd = other, .events = POLLIN } };
	bool patient = (what & CONN_PATIENT) != 0;
	int n;

	if ((what & CONN_READABLE) != 0 && conn_pending(c) > 0)
		return CONN_READABLE;
	set_events(p, what);
	for (;;) {
		bool ours = until < c->deadline;
		int left = clock_left_ms(ours ? until : c->deadline);

		n = patient ? poll(p, other < 0 ? 1 : 2, left) :
			      poll_or_drain(p, other < 0 ? 1 : 2, left);
		if (!patient && conn_is_in_child() && conn_draining())
			return CONN_DRAIN;
		/* Over TLS, a part of a record is no bytes yet. */
		if (n > 0 && c->secure && p[0].revents == POLLIN &&
		    p[1].revents == 0 && conn_pending(c) == 0)
			continue;
		if (n > 0)
			return events_of(p, what);
		if (n < 0 && errno != EINTR)
			return CONN_ERROR;
		if (n == 0)
			return ours ? 0 : CONN_TIMEOUT;
	}
}

int
conn_wait_any(
    struct conn *c, struct pollfd *p, size_t n, int64_t ms, bool drains)
{
	int64_t until = ms < 0 ? CLOCK_NEVER : clock_ms() + ms;
	bool at_once =
	    c->secure && (p[0].events & POLLIN) != 0 && conn_pending(c) > 0;
	int got;

	conn_count_wait(c);
	p[0].fd = c->fd;
	for (;;) {
		int left =
		    clock_left_ms(until < c->deadline ? until : c->deadline);

		if (at_once)
			left = 0; /* it is here, and the socket has no more */

		got = drains ? poll_or_drain(p, n, left) : poll(p, n, left);
		if (drains && conn_is_in_child() && conn_draining())
			return CONN_DRAIN;
		if (got >= 0 && at_once && (p[0].revents & POLLIN) == 0) {
			got += p[0].revents == 0;
			p[0].revents |= POLLIN;
		}
		if (got >= 0)
			return got;
		if (errno != EINTR)
			return CONN_ERROR;
	}
}
