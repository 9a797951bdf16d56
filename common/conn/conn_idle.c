/*
 * conn_idle.c - patience with one client: the deadline, the alarm behind it,
 * and the wait between two requests, which the master may cut short.
 *
 * What waits for more than the client's bytes is in conn_wait.c.
 */
#include <errno.h>
#include <linux/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
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
static PAGES_TOGETHER volatile sig_atomic_t idle_hears; /* shut nothing */
static PAGES_TOGETHER bool in_child;
static PAGES_TOGETHER int64_t alarm_at;

/*
 * A client that has asked nothing yet may just be about to: it gets the time
 * between the first request to finish and the second.
 */
static void
let_go(int fd)
{
	const struct timeval soon = { .tv_usec = 1 };

	/* Only the wait ends, also one that is about to begin. */
	if (idle_hears) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
		return;
	}
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

bool
conn_is_in_child(void)
{
	return in_child;
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

/* Is the server about to end? */
static bool
is_leaving(const struct conn *c)
{
	return c->leaving != NULL &&
	    *(const volatile uint64_t *)c->leaving != 0;
}

/* Could it rest, were there nothing left to do? */
static bool
may_rest(const struct conn *c)
{
	return c->rest_ms > 0 && !c->secure && c->wrong_passwords == 0 &&
	    c->transport == &conn_plain && !is_leaving(c);
}

bool
conn_is_to_end(const struct conn *c)
{
	return is_leaving(c) || (asked_to_go > 0 && !may_rest(c));
}

/* Rounded, so that the option is set once and not at each request. */
static int64_t
whole_seconds(int64_t ms)
{
	return (ms + 999) / 1000 * 1000;
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

void
conn_count_wait(struct conn *c)
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
	conn_count_wait(c);
	if (soon)
		left = c->rest_ms;
	else if (left > 0)
		left = whole_seconds(left);
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

ssize_t
conn_await(struct conn *c)
{
	int64_t left = clock_left_ms(c->deadline);
	ssize_t got = CONN_DRAIN;

	if (left == 0)
		return CONN_TIMEOUT;
	conn_count_wait(c);
	if (limit_wait(c, left < 0 ? 0 : whole_seconds(left)) < 0)
		return CONN_ERROR;
	idle_hears = 1;
	idle_fd = c->fd;
	if (asked_to_go == 0)
		got = conn_take(c, true);
	idle_fd = -1;
	idle_hears = 0;
	if (got != CONN_DRAIN &&
	    (got != CONN_ERROR || (errno != EAGAIN && errno != EINTR)))
		return got;
	if (asked_to_go > 0) {
		c->waited_ms = -1; /* it was changed behind our back */
		return CONN_DRAIN;
	}
	return got == CONN_ERROR && errno == EAGAIN ? CONN_TIMEOUT : got;
}
