/*
 * conn.c - one client: receive, and the end.
 *
 * The wait between two requests is in conn_idle.c, sending in conn_send.c.
 */
#include "conn/conn.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/conn_take.h"
#include "system/clock.h"

void
conn_init(struct conn *c, int fd, int type, const struct addr *peer,
    int64_t accepted_us)
{
	*c = (struct conn){ .fd = fd,
		.type = type,
		.accepted_us = accepted_us,
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

static ssize_t
receive(struct conn *c, char *to, size_t n, int flags)
{
	struct msghdr msg = { .msg_name = &c->peer.un,
		.msg_namelen = sizeof(c->peer.un),
		.msg_iov = &(struct iovec){ .iov_base = to, .iov_len = n },
		.msg_iovlen = 1 };
	ssize_t got;

	if (c->type != SOCK_DGRAM)
		return recv(c->fd, to, n, flags);
	got = recvmsg(c->fd, &msg, flags);
	if (got >= 0 && msg.msg_namelen > 0)
		c->peer.len = msg.msg_namelen;
	return got;
}

/* One receive; got 0 on a stream, and anything on a datagram, is the end. */
ssize_t
conn_take(struct conn *c, int flags)
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
	got = receive(c, to, room, flags);
	if (got < 0)
		return CONN_ERROR;
	c->eof = got == 0 || c->type == SOCK_DGRAM;
	buf_grew(&c->in, (size_t)got);
	c->received += (size_t)got;
	return got;
}

ssize_t
conn_take_datagram(struct conn *c)
{
	ssize_t got = conn_take(c, MSG_DONTWAIT);

	c->loaded = got >= 0;
	return got;
}

ssize_t
conn_fill(struct conn *c)
{
	for (;;) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };
		ssize_t got = conn_take(c, MSG_DONTWAIT);
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

bool
conn_has_more(struct conn *c)
{
	char byte;

	return !c->eof && c->type == SOCK_STREAM &&
	    recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
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

	/* Who keeps the word not to send more need not be waited for. */
	if (c->last_asked && !conn_has_more(c))
		return;
	if (shutdown(c->fd, SHUT_WR) < 0)
		return;
	for (;;) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };
		ssize_t got = recv(c->fd, waste, sizeof(waste), MSG_DONTWAIT);
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
	if (c->type == SOCK_DGRAM && c->eof) {
		const struct addr *to =
		    c->answer_to != NULL ? c->answer_to : &c->peer;

		if (sendto(c->fd, c->out.p, c->out.n, MSG_NOSIGNAL, &to->sa,
			to->len) > 0)
			c->sent += c->out.n;
	} else if (c->type == SOCK_STREAM && !c->eof) {
		drop_input(c);
	}
	conn_drop(c);
}

void
conn_drop(struct conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	buf_free(&c->in);
	buf_free(&c->out);
}
