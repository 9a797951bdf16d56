/*
 * conn.c - one client: receive, and the end.
 *
 * The wait between two requests is in conn_idle.c, sending in conn_send.c; what
 * the bytes travel by is a transport's business, such as plain.c's.
 */
#include "conn/conn.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/conn_take.h"
#include "conn/proxied.h"
#include "system/clock.h"

void
conn_init(struct conn *c, int fd, int type, const struct addr *peer,
    int64_t accepted_us)
{
	*c = (struct conn){ .fd = fd,
		.type = type,
		.transport = type == SOCK_DGRAM ? &conn_datagram : &conn_plain,
		.accepted_us = accepted_us,
		.keeper = -1,
		.dialler = -1,
		.deadline = CLOCK_NEVER };
	buf_init(&c->in, type == SOCK_DGRAM ? CONN_DATAGRAM_MAX : CONN_IN_MAX);
	buf_init(&c->out, CONN_DATAGRAM_MAX);
	if (peer != NULL)
		c->peer = *peer;
	else
		addr_of_peer(fd, &c->peer);
}

const struct addr *
conn_local(struct conn *c)
{
	if (c->local.len == 0)
		addr_of_local(c->fd, &c->local);
	return &c->local;
}

struct slice
conn_protocol(const struct conn *c)
{
	if (c->transport->protocol == NULL)
		return slice_of(c->proxied != NULL ? c->proxied->alpn : "");
	return c->transport->protocol(c);
}

/* One receive; got 0 on a stream, and anything on a datagram, is the end. */
ssize_t
conn_take(struct conn *c, bool wait)
{
	size_t room = c->in.max - c->in.n;
	ssize_t got;
	char *to;

	if (c->loaded) {
		c->loaded = false;
		return (ssize_t)c->in.n;
	}
	if (c->eof)
		return CONN_EOF;
	if (room > CONN_READ_SIZE && c->type == SOCK_STREAM)
		room = CONN_READ_SIZE;
	if (room == 0)
		return CONN_FULL;
	to = buf_room(&c->in, room);
	if (to == NULL) {
		errno = ENOMEM;
		return CONN_ERROR;
	}
	c->awaits = POLLIN;
	got = c->transport->receive(c, to, room, wait);
	if (got < 0)
		return CONN_ERROR;
	c->eof = got == 0 || c->type == SOCK_DGRAM;
	buf_grew(&c->in, (size_t)got);
	c->received += (size_t)got;
	return got;
}

bool
conn_wrong_password(struct conn *c)
{
	return ++c->wrong_passwords >= CONN_WRONG_PASSWORDS;
}

ssize_t
conn_take_datagram(struct conn *c)
{
	ssize_t got = conn_take(c, false);

	c->loaded = got >= 0;
	return got;
}

ssize_t
conn_fill(struct conn *c)
{
	for (;;) {
		ssize_t got = conn_take(c, false);
		struct pollfd p = { .fd = c->fd, .events = c->awaits };
		int left, n;

		if (got != CONN_ERROR || (errno != EAGAIN && errno != EINTR))
			return got;
		left = clock_left_ms(c->deadline);
		if (left == 0)
			return CONN_TIMEOUT;
		n = poll(&p, 1, left);
		if (n < 0 && errno != EINTR)
			return CONN_ERROR;
	}
}

ssize_t
conn_fill_now(struct conn *c)
{
	return conn_take(c, false);
}

int
conn_pending(struct conn *c)
{
	return c->eof ? CONN_ERROR : c->transport->pending(c);
}

bool
conn_has_more(struct conn *c)
{
	return conn_pending(c) > 0;
}

int
conn_shut(struct conn *c)
{
	return c->transport->shut(c) < 0 ? CONN_ERROR : 0;
}

/*
 * Closing a socket with unread input sends a reset, which may destroy the
 * last reply before the client has read it (RFC 9112 9.6).  So what still
 * comes is read and dropped, for a bounded time.
 */
static void
drop_input(struct conn *c)
{
	static char waste[CONN_READ_SIZE]; /* on the stack it is cleared */
	int64_t until = clock_ms() + CONN_LINGER_MS;

	/* Who keeps the word not to send more need not be waited for, but
	 * over TLS he is told that this is all. */
	if (c->last_asked && !conn_has_more(c)) {
		if (c->secure)
			c->transport->shut(c);
		return;
	}
	if (c->transport->shut(c) < 0)
		return;
	for (;;) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };
		ssize_t got =
		    c->transport->receive(c, waste, sizeof(waste), false);
		int left = clock_left_ms(until);

		if (got == 0 || left == 0 ||
		    (got < 0 && errno != EAGAIN && errno != EINTR))
			return;
		if (got < 0 && poll(&p, 1, left) == 0)
			return;
	}
}

void
conn_end(struct conn *c)
{
	if (c->fd < 0)
		return;
	if (c->type == SOCK_DGRAM)
		c->transport->shut(c);
	else if (!c->eof)
		drop_input(c);
	conn_drop(c);
}

void
conn_drop(struct conn *c)
{
	/* The master's descriptor would hold it open until we are reaped. */
	if (c->fd >= 0 && c->rest_ms > 0)
		shutdown(c->fd, SHUT_RDWR);
	if (c->fd >= 0)
		c->transport->close(c);
	if (c->keeper >= 0)
		close(c->keeper);
	if (c->dialler >= 0)
		close(c->dialler);
	c->fd = c->keeper = c->dialler = -1;
	buf_free(&c->in);
	buf_free(&c->out);
}
