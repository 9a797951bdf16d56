/*
 * calls.c - connections that are being made.
 *
 * One address of a place after the other, each with its fair part of the time,
 * so that one that stays silent does not hide the next.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dialler/dialler.h"
#include "system/clock.h"

static struct call calls[CALLS_MAX];
static size_t used;

struct call *
calls_begin(uint32_t line, uint32_t ticket, struct place *place, int64_t now_ms)
{
	struct call *c = calls;

	if (used == CALLS_MAX)
		return NULL;
	while (c->used)
		c++;
	*c = (struct call){ .fd = -1,
		.used = true,
		.line = line,
		.ticket = ticket,
		.turn = c->turn + 1,
		.place = place,
		.deadline = now_ms + DIAL_MS };
	used++;
	return c;
}

static void
hang_up(struct call *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

void
calls_end(struct call *c)
{
	hang_up(c);
	c->used = false;
	used--;
}

/* A port from which sockets get theirs may have been its own: RFC 9293 3.5,
 * simultaneous open, with nobody but itself. */
static bool
is_itself(int fd)
{
	struct addr here, there;

	return addr_of_local(fd, &here) == 0 && addr_of_peer(fd, &there) == 0 &&
	    here.len == there.len && memcmp(&here.sa, &there.sa, here.len) == 0;
}

static int
connected(struct call *c)
{
	if (!is_itself(c->fd))
		return 0;
	hang_up(c);
	return ECONNREFUSED;
}

/* Begin with the next address.  Returns as calls_go(). */
static int
try_next(struct call *c, int64_t now_ms, int (*watch)(struct call *))
{
	const struct addr *a = &c->place->found[c->next++];
	size_t left = c->place->count - c->next + 1;
	int on = 1;

	c->address_deadline = now_ms + (c->deadline - now_ms) / (int64_t)left;
	c->fd = socket(
	    a->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return errno;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(c->fd, &a->sa, a->len) == 0)
		return connected(c);
	if (errno == EINPROGRESS && watch(c) == 0)
		return -1;
	return errno;
}

/* That address is none; the next one, if there is one. */
static int
after(struct call *c, int error, int64_t now_ms, int (*watch)(struct call *))
{
	while (error > 0 && c->next < c->place->count && now_ms < c->deadline) {
		int next;

		hang_up(c);
		next = try_next(c, now_ms, watch);
		/* That nobody listens tells more than that there is no IPv6. */
		error = next > 0 && error == ECONNREFUSED ? error : next;
	}
	if (error > 0)
		hang_up(c);
	return error;
}

int
calls_go(struct call *c, int64_t now_ms, int (*watch)(struct call *))
{
	if (c->fd >= 0 || c->next > 0)
		return -1; /* it is at it */
	if (!places_know(c->place, now_ms))
		return -1;
	if (c->place->count == 0)
		return c->place->error != 0 ? c->place->error : ENOENT;
	return after(c, EADDRNOTAVAIL, now_ms, watch);
}

int
calls_writable(struct call *c, int64_t now_ms, int (*watch)(struct call *))
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error == 0)
		error = connected(c);
	return after(c, error, now_ms, watch);
}

int
calls_late(struct call *c, int64_t now_ms, int (*watch)(struct call *))
{
	if (now_ms >= c->deadline)
		return c->next == 0 ? EAGAIN : ETIMEDOUT;
	if (c->fd < 0 || now_ms < c->address_deadline)
		return -1;
	return after(c, ETIMEDOUT, now_ms, watch);
}

struct call *
calls_at(size_t i)
{
	return &calls[i];
}

size_t
calls_index(const struct call *c)
{
	return (size_t)(c - calls);
}

int64_t
calls_due(void)
{
	int64_t due = CLOCK_NEVER;

	for (size_t i = 0, seen = 0; seen < used; i++) {
		const struct call *c = &calls[i];

		if (!c->used)
			continue;
		seen++;
		if (c->deadline < due)
			due = c->deadline;
		if (c->fd >= 0 && c->address_deadline < due)
			due = c->address_deadline;
	}
	return due;
}
