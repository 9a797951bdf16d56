/*
 * conn_send.c - one client: send, and wait for a slow reader until the
 * deadline.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "conn/conn.h"
#include "system/clock.h"

/* The most that one sendfile(2) is asked for; the kernel sends at most 2 GiB. */
#define SENDFILE_MAX (1 << 30)

/* So often in a period of conn_pace() we look whether more was taken. */
#define LOOKS 16

/* One read of a file whose bytes go through our hands. */
#define COPY_SIZE 16384

static int
await_room(struct conn *c)
{
	struct pollfd p = { .fd = c->fd, .events = c->awaits };
	int left = clock_left_ms(c->deadline), look = -1, n;

	if (left == 0 && !conn_earns_time(c))
		return CONN_TIMEOUT;
	left = clock_left_ms(c->deadline);
	if (c->pace > 0)
		look = (int)(c->pace_ms / LOOKS) + 1;
	n = poll(&p, 1, look >= 0 && (left < 0 || look < left) ? look : left);
	if (n < 0 && errno != EINTR)
		return CONN_ERROR;
	/* What was taken counts from when it was, not from the deadline. */
	if (n == 0 && look >= 0)
		conn_earns_time(c);
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

/* The rest of what one try has left of the iovecs. */
static void
advance(struct iovec **iov, int *count, size_t put)
{
	while (*count > 0 && put >= (*iov)->iov_len) {
		put -= (*iov)->iov_len;
		(*iov)++;
		(*count)--;
	}
	if (*count > 0) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + put;
		(*iov)->iov_len -= put;
	}
}

static ssize_t
send_once(struct conn *c, struct iovec *iov, int count, bool more)
{
	ssize_t put;

	c->awaits = POLLOUT;
	put = c->transport->send(c, iov, count, more);
	if (put > 0)
		c->sent += (size_t)put;
	return put;
}

static int
send_all(struct conn *c, struct iovec *iov, int count, bool more)
{
	while (count > 0) {
		ssize_t put = send_once(c, iov, count, more);

		if (put < 0) {
			int status = again(c);

			if (status < 0)
				return status;
			continue;
		}
		advance(&iov, &count, (size_t)put);
	}
	return 0;
}

int
conn_send(struct conn *c, struct iovec *iov, int count)
{
	return send_all(c, iov, count, false);
}

int
conn_say(struct conn *c, struct slice s)
{
	struct iovec iov = { .iov_base = (void *)s.p, .iov_len = s.n };

	return send_all(c, &iov, 1, false);
}

int
conn_sayz(struct conn *c, const char *s)
{
	return conn_say(c, slice_of(s));
}

ssize_t
conn_send_now(struct conn *c, struct slice s)
{
	struct iovec iov = { .iov_base = (void *)s.p, .iov_len = s.n };
	ssize_t put = send_once(c, &iov, 1, false);

	return put < 0 ? CONN_ERROR : put;
}

/* A transport that can only send bytes gets the file's. */
static ssize_t
send_copy(struct conn *c, int file, off_t offset, size_t n)
{
	static char block[COPY_SIZE]; /* on the stack it is cleared */
	struct iovec iov = { .iov_base = block };
	ssize_t got =
	    pread(file, block, n < sizeof(block) ? n : sizeof(block), offset);

	if (got <= 0)
		return got;
	iov.iov_len = (size_t)got;
	return c->transport->send(c, &iov, 1, (size_t)got < n);
}

static int
send_file(struct conn *c, int file, off_t offset, uint64_t n)
{
	int status;

	while (n > 0) {
		size_t part = n > SENDFILE_MAX ? SENDFILE_MAX : (size_t)n;
		ssize_t put;

		c->awaits = POLLOUT;
		put = c->transport->send_file != NULL ?
		    c->transport->send_file(c, file, offset, part) :
		    send_copy(c, file, offset, part);
		if (put == 0)
			errno = EIO; /* the file has shrunk */
		if (put <= 0) {
			status = put < 0 ? again(c) : CONN_ERROR;
			if (status < 0)
				return status;
			continue;
		}
		n -= (uint64_t)put;
		offset += put;
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

	/* The head waits for the first bytes of the file. */
	if (head.n > 0)
		status = send_all(c, &iov, 1, n > 0);
	return status < 0 ? status : send_file(c, file, offset, n);
}
