/*
 * conn_idle.c - patience with one client: the deadline, the alarm behind it,
 * and the waits that the master may cut short: between two requests, and for
 * something else than the client's bytes.
 */
#include <errno.h>
#include <linux/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "conn/conn.h"
#include "conn/conn_take.h"
#include "system/clock.h"
#include "system/pages.h"
#include "system/turns.h"

/*
 * The alarm is the last line of defence: it ends a child that no longer looks
 * at its deadline.  Arming it costs a system call, so it is armed far ahead
 * and only when the deadline comes near it.
 */
#define ALARM_SLACK_MS 10000
#define ALARM_AHEAD_MS 60000

static PAGES_TOGETHER volatile sig_atomic_t idle_fd =
    -1; /* may be shut to end a wait */
static PAGES_TOGETHER volatile sig_atomic_t
    idle_spoke; /* it has asked something */
static PAGES_TOGETHER volatile sig_atomic_t
    asked_to_go; /* how often; 2 is enough */
static PAGES_TOGETHER volatile sig_atomic_t idle_rests; /* it may rest ... */
static PAGES_TOGETHER const volatile uint64_t
    *idle_leaving; /* ... unless this is set */
static PAGES_TOGETHER bool in_child;
static PAGES_TOGETHER int64_t alarm_at;

/*
 * A client that has asked nothing yet may just be about to: it gets the time
 * between the first request to finish and the second.
 */
static void
let_go(int fd)
{
	/* What was shut cannot rest: the wait is interrupted, that is all. */
	if (idle_rests && (idle_leaving == NULL || *idle_leaving == 0))
		return;
	if (fd >= 0 && (idle_spoke || asked_to_go > 1))
		shutdown(fd, SHUT_RD);
}

static void
drain(int sig)
{
	int saved = errno;

	(void)sig;
	if (asked_to_go < 2)
		asked_to_go = asked_to_go + 1;
	/* Ends a recv(2) that runs and one that is about to: no race. */
	let_go(idle_fd);
	errno = saved;
}

void
conn_catch_drain(void)
{
	struct sigaction act = { .sa_handler = drain };

	in_child = true;
	sigemptyset(&act.sa_mask);
	sigaction(SIGTERM, &act, NULL);
}

bool
conn_draining(void)
{
	return asked_to_go > 0;
}

void
conn_deadline(struct conn *c, int64_t ms)
{
	int64_t now = clock_ms();

	c->deadline = now + ms;
	c->pace = 0;
	if (!in_child || c->deadline + ALARM_SLACK_MS <= alarm_at)
		return;
	alarm_at = c->deadline + ALARM_SLACK_MS + ALARM_AHEAD_MS;
	alarm((unsigned)((alarm_at - now + 999) / 1000));
}

void
conn_pace(struct conn *c, int64_t ms, uint64_t rate)
{
	conn_deadline(c, ms);
	c->pace = rate;
	c->pace_ms = ms;
	c->pace_taken = c->sent;
}

/* What the client has taken in all; what only waits in the kernel is not. */
static uint64_t
taken(const struct conn *c)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0)
		return info.tcpi_bytes_acked;
	return c->sent;
}

bool
conn_earns_time(struct conn *c)
{
	uint64_t rate = c->pace, n = rate > 0 ? taken(c) : 0;
	int64_t more;

	if (n <= c->pace_taken)
		return false;
	more = (int64_t)((n - c->pace_taken) / rate) * 1000;
	more = c->pace_ms + (more < CONN_PACE_MS ? more : CONN_PACE_MS);
	c->pace_taken = n;
	if (clock_ms() + more > c->deadline)
		conn_deadline(c, more);
	c->pace = rate;
	return true;
}

void
conn_alarm_off(void)
{
	if (alarm_at != 0)
		alarm(0);
	alarm_at = 0;
}

/* Have the kernel end a blocking recv(2) after so long. */
static int
limit_wait(struct conn *c, int64_t ms)
{
	struct timeval t = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	if (ms == c->waited_ms)
		return 0;
	if (setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) < 0)
		return -1;
	c->waited_ms = ms;
	return 0;
}

/* Could it rest, were there nothing left to do? */
static bool
may_rest(const struct conn *c)
{
	return c->rest_ms > 0 && !c->secure && c->wrong_passwords == 0 &&
	    c->transport == &conn_plain &&
	    (c->leaving == NULL || *(const volatile uint64_t *)c->leaving == 0);
}

bool
conn_is_to_end(const struct conn *c)
{
	return asked_to_go > 0 && !may_rest(c);
}

/* One wait for bytes, or until it may rest.  Returns as conn_take(). */
static ssize_t
wait_once(struct conn *c, bool rests)
{
	ssize_t got;

	/* Who has not been heard yet, and has spoken, is heard. */
	if (rests && asked_to_go > 0 && may_rest(c) &&
	    (c->received > 0 || conn_pending(c) == 0))
		return CONN_REST;
	if (asked_to_go > 0)
		let_go(c->fd);
	got = conn_take(c, true);
	if (got == CONN_ERROR && errno == EAGAIN && rests && may_rest(c))
		return CONN_REST;
	return got;
}

static void
count_wait(struct conn *c)
{
	if (in_child && ++c->waits == TURNS_MANY)
		turns_give_way();
}

/* CONN_ERROR with EAGAIN: it was silent, and may not rest after all. */
static ssize_t
idle(struct conn *c, bool rests)
{
	int64_t left = clock_left_ms(c->deadline);
	bool soon = rests && (c->received > 0 || c->kept) &&
	    (left < 0 || left > c->rest_ms);
	ssize_t got;

	if (left == 0)
		return CONN_TIMEOUT;
	count_wait(c);
	/* Rounded, so that the option is set once and not at each request. */
	if (soon)
		left = c->rest_ms;
	else if (left > 0)
		left = (left + 999) / 1000 * 1000;
	if (limit_wait(c, left < 0 ? 0 : left) < 0)
		return CONN_ERROR;
	idle_spoke = c->received > 0 || c->kept;
	idle_leaving = c->leaving;
	idle_rests = rests;
	idle_fd = c->fd;
	do {
		got = wait_once(c, rests);
	} while (got == CONN_ERROR && errno == EINTR);
	idle_fd = -1;
	idle_rests = 0;
	if (got == CONN_REST && !soon && asked_to_go == 0)
		return CONN_TIMEOUT;
	if (got == CONN_ERROR && errno == EAGAIN && !soon)
		return CONN_TIMEOUT;
	if (got == CONN_EOF && asked_to_go > 0)
		return CONN_DRAIN;
	return got;
}

ssize_t
conn_idle(struct conn *c)
{
	return c->type == SOCK_DGRAM ? conn_fill(c) : idle(c, false);
}

ssize_t
conn_rest(struct conn *c)
{
	bool rests = c->in.n == 0 && !c->eof && may_rest(c);
	ssize_t got;

	if (c->type == SOCK_DGRAM)
		return conn_fill(c);
	got = idle(c, rests);
	/* The server has begun to end. */
	if (got == CONN_ERROR && errno == EAGAIN)
		got = idle(c, false);
	return got;
}

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

	if (!in_child)
		return poll(p, n, ms);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	got = asked_to_go > 0 ? 0 : ppoll(p, n, ms < 0 ? NULL : &t, &before);
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
		if (!patient && in_child && asked_to_go > 0)
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

	count_wait(c);
	p[0].fd = c->fd;
	for (;;) {
		int left =
		    clock_left_ms(until < c->deadline ? until : c->deadline);

		if (at_once)
			left = 0; /* it is here, and the socket has no more */

		got = drains ? poll_or_drain(p, n, left) : poll(p, n, left);
		if (drains && in_child && asked_to_go > 0)
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
