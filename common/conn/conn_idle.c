/*
 * conn_idle.c - patience with one client: the deadline, the alarm behind it,
 * and the wait between two requests, which the master may cut short.
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

/*
 * The alarm is the last line of defence: it ends a child that no longer looks
 * at its deadline.  Arming it costs a system call, so it is armed far ahead
 * and only when the deadline comes near it.
 */
#define ALARM_SLACK_MS 10000
#define ALARM_AHEAD_MS 60000

static volatile sig_atomic_t idle_fd = -1; /* may be shut to end a wait */
static volatile sig_atomic_t idle_spoke;   /* it has asked something */
static volatile sig_atomic_t asked_to_go;  /* how often; 2 is enough */
static bool in_child;
static int64_t alarm_at;

/*
 * A client that has asked nothing yet may just be about to: it gets the time
 * between the first request to finish and the second.
 */
static void
let_go(int fd)
{
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
	c->pace_from = c->deadline;
	c->pace_sent = c->sent;
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
	int64_t now = clock_ms(), until;

	if (n <= c->pace_sent)
		return false;
	until = c->pace_from + (int64_t)((n - c->pace_sent) / rate) * 1000;
	if (until <= now)
		return false;
	conn_deadline(c, until - now);
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

ssize_t
conn_idle(struct conn *c)
{
	int64_t left = clock_left_ms(c->deadline);
	ssize_t got;

	if (c->type == SOCK_DGRAM)
		return conn_fill(c);
	if (left == 0)
		return CONN_TIMEOUT;
	/* Rounded, so that the option is set once and not at each request. */
	if (left > 0)
		left = (left + 999) / 1000 * 1000;
	if (limit_wait(c, left < 0 ? 0 : left) < 0)
		return CONN_ERROR;
	idle_spoke = c->received > 0;
	idle_fd = c->fd;
	if (asked_to_go > 0)
		let_go(c->fd);
	do {
		got = conn_take(c, 0);
	} while (got == CONN_ERROR && errno == EINTR);
	idle_fd = -1;
	if (got == CONN_ERROR && errno == EAGAIN)
		return CONN_TIMEOUT;
	if (got == CONN_EOF && asked_to_go > 0)
		return CONN_DRAIN;
	return got;
}
