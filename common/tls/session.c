/*
 * session.c - one TLS session: its bytes, by conn's transport.
 *
 * Each call of the transport is one try that never waits, with one exception:
 * recv(2) in the wait between two requests, which is one system call and not
 * three.  How OpenSSL gets at the socket is in bio.c, how a session begins in
 * handshake.c.
 */
#include "tls/session.h"

#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/clock.h"

#define RECORD 16384 /* the most that one record holds */
#define BYE_MS 500   /* for a good-bye, when the socket is full */

/*
 * OpenSSL could not do all: say so as a transport does.  The end is 0.
 */
static ssize_t
fault(struct conn *c, int result)
{
	struct session *s = c->session;

	switch (SSL_get_error(s->ssl, result)) {
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_WANT_READ:
		c->awaits = POLLIN;
		errno = s->error == EINTR ? EINTR : EAGAIN;
		return -1;
	case SSL_ERROR_WANT_WRITE:
		c->awaits = POLLOUT;
		errno = s->error == EINTR ? EINTR : EAGAIN;
		return -1;
	default:
		break;
	}
	s->broken = true;
	ERR_clear_error();
	/*
	 * An end without close_notify may have been made by somebody in
	 * between.  What clients say here tells by itself where it ends; what
	 * a server says may not.
	 */
	if (s->eof && !s->client)
		return 0;
	errno = s->error != 0 ? s->error : s->eof ? ECONNRESET : EPROTO;
	return -1;
}

/* Wait for the rest of a record, by the conn's deadline. */
static bool
await_rest(const struct conn *c)
{
	struct pollfd p = { .fd = c->fd, .events = c->awaits };
	int n = poll(&p, 1, clock_left_ms(c->deadline));

	if (n == 0)
		errno = EAGAIN;
	return n > 0;
}

static void
set_blocking(struct conn *c)
{
	int off = 0;

	if (c->nonblocking && ioctl(c->fd, FIONBIO, &off) == 0)
		c->nonblocking = false;
}

static ssize_t
session_receive(struct conn *c, void *to, size_t n, bool wait)
{
	struct session *s = c->session;

	s->error = 0;
	if (wait)
		set_blocking(c);
	for (s->blocking = wait;;) {
		int got = SSL_read(s->ssl, to, n > RECORD ? RECORD : (int)n);
		bool began = !s->blocking; /* some bytes have come */
		ssize_t status;

		if (got > 0) {
			s->blocking = false;
			return got;
		}
		status = fault(c, got);
		s->blocking = false;
		if (status == 0 || errno != EAGAIN || !wait || !began)
			return status;
		if (!await_rest(c))
			return -1;
	}
}

/* The beginning of what is to be sent, in one piece. */
static struct slice
gather(const struct iovec *iov, int count)
{
	static char piece[RECORD]; /* on the stack it is cleared */
	size_t n = 0;

	if (count == 1 || iov[0].iov_len >= sizeof(piece))
		return (struct slice){ iov[0].iov_base, iov[0].iov_len };
	for (int i = 0; i < count && n < sizeof(piece); i++) {
		size_t part = iov[i].iov_len;

		if (part > sizeof(piece) - n)
			part = sizeof(piece) - n;
		memcpy(piece + n, iov[i].iov_base, part);
		n += part;
	}
	return (struct slice){ piece, n };
}

static ssize_t
session_send(struct conn *c, struct iovec *iov, int count, bool more)
{
	struct session *s = c->session;
	struct slice piece = gather(iov, count);
	ssize_t status;
	int put;

	if (piece.n == 0)
		return 0;
	if (s->broken) {
		errno = EPIPE;
		return -1;
	}
	s->error = 0;
	s->more = more || piece.n > RECORD;
	put = SSL_write(
	    s->ssl, piece.p, piece.n > RECORD ? RECORD : (int)piece.n);
	if (put > 0)
		return put;
	status = fault(c, put);
	if (status == 0)
		errno = EPIPE;
	return -1;
}

static int
session_pending(struct conn *c)
{
	struct session *s = c->session;
	char byte;
	int got;

	if (SSL_pending(s->ssl) > 0)
		return 1;
	if (s->broken)
		return CONN_ERROR;
	s->error = 0;
	got = SSL_peek(s->ssl, &byte, 1);
	if (got > 0)
		return 1;
	if (fault(c, got) < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return CONN_ERROR;
}

/* close_notify, for which there may be no room just now. */
static void
say_bye(struct conn *c)
{
	struct session *s = c->session;
	int64_t until = clock_ms() + BYE_MS;

	if (!s->shaken || s->broken || s->said_bye)
		return;
	s->said_bye = true;
	s->more = false;
	for (;;) {
		struct pollfd p = { .fd = c->fd, .events = POLLOUT };
		int done = SSL_shutdown(s->ssl), left;

		if (done >= 0)
			break;
		left = clock_left_ms(until);
		if (SSL_get_error(s->ssl, done) != SSL_ERROR_WANT_WRITE ||
		    left == 0 || poll(&p, 1, left) == 0)
			break;
	}
	ERR_clear_error();
}

static int
session_shut(struct conn *c)
{
	say_bye(c);
	return shutdown(c->fd, SHUT_WR);
}

static void
session_close(struct conn *c)
{
	struct session *s = c->session;

	/* To free is to write, each page for the first time in this process. */
	if (!c->last) {
		SSL_free(s->ssl);
		free(s);
	}
	c->session = NULL;
	close(c->fd);
}

static struct slice
session_protocol(const struct conn *c)
{
	const struct session *s = c->session;
	const unsigned char *name;
	unsigned n;

	SSL_get0_alpn_selected(s->ssl, &name, &n);
	return (struct slice){ (const char *)name, n };
}

const struct conn_transport tls_transport = {
	.receive = session_receive,
	.send = session_send,
	.pending = session_pending,
	.shut = session_shut,
	.close = session_close,
	.protocol = session_protocol,
};
