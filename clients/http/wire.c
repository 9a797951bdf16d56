/*
 * wire.c - the three things that a client wants of a socket and conn.h has
 * not: look without taking, send a part without waiting, wait for either.
 *
 * The only file of this client that touches the descriptor.
 */
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "system/clock.h"

int
wire_ends(struct conn *c, struct addr *local, struct addr *peer)
{
	*local = *conn_local(c);          /* getsockname(2) */
	return addr_of_peer(c->fd, peer); /* getpeername(2) */
}

ssize_t
wire_peek(const struct conn *c, char *to, size_t n)
{
	ssize_t got = recv(c->fd, to, n, MSG_PEEK | MSG_DONTWAIT);

	return got < 0 && errno == EAGAIN ? WIRE_NOTHING : got;
}

int
wire_wait(const struct conn *c, bool *readable)
{
	struct pollfd p = { c->fd, POLLIN | POLLOUT, 0 };

	*readable = false;
	if (poll(&p, 1, clock_left_ms(c->deadline)) == 0)
		return CONN_TIMEOUT;
	*readable = (p.revents & POLLIN) != 0;
	return 0;
}

ssize_t
wire_send_some(const struct conn *c, struct slice s)
{
	ssize_t n = send(c->fd, s.p, s.n, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n < 0 ? CONN_ERROR : n;
}
