/*
 * conn_send.c - one client: send, and wait for a slow reader until the
 * deadline.
 */
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "conn/conn.h"
#include "system/clock.h"

/* The most that one sendfile(2) is asked for; the kernel sends at most 2 GiB. */
#define SENDFILE_MAX (1 << 30)

static int
await_room(struct conn *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLOUT };
	int left = clock_left_ms(c->deadline);

	if (left == 0 && !conn_earns_time(c))
		return CONN_TIMEOUT;
	left = clock_left_ms(c->deadline);
	if (poll(&p, 1, left) < 0 && errno != EINTR)
		return CONN_ERROR;
	return 0;
}

/* After a failed send: 0 to try again, else a conn_status. */
static int
again(struct conn *c)
{
	if (errno == EINTR)
		return 0;
	return errno == EAGAIN ? await_room(c) : CONN_ERROR;
}

static int
gather(struct conn *c, const struct iovec *iov, int count)
{
	for (int i = 0; i < count; i++)
		buf_add(&c->out, iov[i].iov_base, iov[i].iov_len);
	if (!c->out.failed)
		return 0;
	errno = EMSGSIZE;
	return CONN_ERROR;
}

static int
send_flags(struct conn *c, struct iovec *iov, int count, int flags)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = (size_t)count };

	if (c->type == SOCK_DGRAM)
		return gather(c, iov, count);
	while (msg.msg_iovlen > 0) {
		ssize_t put =
		    sendmsg(c->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL | flags);
		int status;

		if (put < 0) {
			status = again(c);
			if (status < 0)
				return status;
			continue;
		}
		c->sent += (size_t)put;
		while (
		    msg.msg_iovlen > 0 && (size_t)put >= msg.msg_iov->iov_len) {
			put -= (ssize_t)msg.msg_iov->iov_len;
			msg.msg_iov++;
			msg.msg_iovlen--;
		}
		if (msg.msg_iovlen > 0) {
			msg.msg_iov->iov_base =
			    (char *)msg.msg_iov->iov_base + put;
			msg.msg_iov->iov_len -= (size_t)put;
		}
	}
	return 0;
}

int
conn_send(struct conn *c, struct iovec *iov, int count)
{
	return send_flags(c, iov, count, 0);
}

int
conn_say(struct conn *c, struct slice s)
{
	struct iovec iov = { .iov_base = (void *)s.p, .iov_len = s.n };

	return send_flags(c, &iov, 1, 0);
}

int
conn_sayz(struct conn *c, const char *s)
{
	return conn_say(c, slice_of(s));
}

/*
 * sendfile(2) has no MSG_DONTWAIT, so the socket itself must not block.  By
 * ioctl, for the sandbox refuses F_SETFL.
 */
static int
set_blocking(struct conn *c, bool on)
{
	int nonblocking = !on;

	return ioctl(c->fd, FIONBIO, &nonblocking);
}

static int
send_file(struct conn *c, int file, off_t offset, uint64_t n)
{
	int status;

	while (n > 0) {
		ssize_t put = sendfile(c->fd, file, &offset,
		    n > SENDFILE_MAX ? SENDFILE_MAX : (size_t)n);

		if (put == 0)
			errno = EIO; /* the file has shrunk */
		if (put <= 0) {
			status = put < 0 ? again(c) : CONN_ERROR;
			if (status < 0)
				return status;
			continue;
		}
		n -= (uint64_t)put;
		c->sent += (uint64_t)put;
	}
	return 0;
}

int
conn_sendfile(
    struct conn *c, struct slice head, int file, off_t offset, uint64_t n)
{
	struct iovec iov = { .iov_base = (void *)head.p, .iov_len = head.n };
	int status = 0;

	/* MSG_MORE: the head waits for the first bytes of the file. */
	if (head.n > 0)
		status = send_flags(c, &iov, 1, n > 0 ? MSG_MORE : 0);
	if (status < 0 || n == 0)
		return status;
	if (set_blocking(c, false) < 0)
		return CONN_ERROR;
	status = send_file(c, file, offset, n);
	if (set_blocking(c, true) < 0)
		return CONN_ERROR;
	return status;
}
