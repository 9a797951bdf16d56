/*
 * plain.c - two transports: the socket itself, and one datagram.
 *
 * Each function is one try, which may be in vain (EAGAIN); conn.c and
 * conn_send.c do the waiting.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/conn.h"
#include "conn/conn_take.h"

/*
 * sendfile(2) has no MSG_DONTWAIT, so the socket itself must not block, and
 * must again for the wait between two requests.  By ioctl, for the sandbox
 * refuses F_SETFL.
 */
static int
set_blocking(struct conn *c, bool on)
{
	int nonblocking = !on;

	if (c->nonblocking == !on)
		return 0;
	if (ioctl(c->fd, FIONBIO, &nonblocking) < 0)
		return -1;
	c->nonblocking = !on;
	return 0;
}

static ssize_t
plain_receive(struct conn *c, void *to, size_t n, bool wait)
{
	if (wait && set_blocking(c, true) < 0)
		return -1;
	return recv(c->fd, to, n, wait ? 0 : MSG_DONTWAIT);
}

static ssize_t
plain_send(struct conn *c, struct iovec *iov, int count, bool more)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = (size_t)count };

	return sendmsg(
	    c->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0));
}

static ssize_t
plain_send_file(struct conn *c, int file, off_t offset, size_t n)
{
	if (set_blocking(c, false) < 0)
		return -1;
	return sendfile(c->fd, file, &offset, n);
}

static int
plain_pending(struct conn *c)
{
	char byte;
	ssize_t n = recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n > 0 ? 1 : CONN_ERROR;
}

static int
plain_shut(struct conn *c)
{
	return shutdown(c->fd, SHUT_WR);
}

static void
plain_close(struct conn *c)
{
	close(c->fd);
}

const struct conn_transport conn_plain = {
	.receive = plain_receive,
	.send = plain_send,
	.send_file = plain_send_file,
	.pending = plain_pending,
	.shut = plain_shut,
	.close = plain_close,
};

static ssize_t
datagram_receive(struct conn *c, void *to, size_t n, bool wait)
{
	struct msghdr msg = { .msg_name = &c->peer.un,
		.msg_namelen = sizeof(c->peer.un),
		.msg_iov = &(struct iovec){ .iov_base = to, .iov_len = n },
		.msg_iovlen = 1 };
	ssize_t got = recvmsg(c->fd, &msg, wait ? 0 : MSG_DONTWAIT);

	if (got >= 0 && msg.msg_namelen > 0)
		c->peer.len = msg.msg_namelen;
	return got;
}

/* What is sent is gathered, and goes out as one at the end. */
static ssize_t
datagram_send(struct conn *c, struct iovec *iov, int count, bool more)
{
	size_t before = c->out.n;

	(void)more;
	for (int i = 0; i < count; i++)
		buf_add(&c->out, iov[i].iov_base, iov[i].iov_len);
	if (!c->out.failed)
		return (ssize_t)(c->out.n - before);
	errno = EMSGSIZE;
	return -1;
}

static int
datagram_pending(struct conn *c)
{
	return c->eof ? CONN_ERROR : 0;
}

/* The answer goes out, be it empty, to whom the question came from. */
static int
datagram_shut(struct conn *c)
{
	const struct addr *to = c->answer_to != NULL ? c->answer_to : &c->peer;

	if (!c->eof)
		return 0;
	return sendto(c->fd, c->out.p, c->out.n, MSG_NOSIGNAL, &to->sa,
		   to->len) < 0 ?
	    -1 :
	    0;
}

const struct conn_transport conn_datagram = {
	.receive = datagram_receive,
	.send = datagram_send,
	.pending = datagram_pending,
	.shut = datagram_shut,
	.close = plain_close,
};
