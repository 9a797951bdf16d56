/*
 * bio.c - the socket below OpenSSL.
 *
 * OpenSSL reads and writes by a BIO of ours: a session alone knows whether a
 * call may wait, and what its error was.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "tls/session.h"

static int
bio_read(BIO *bio, char *to, int n)
{
	struct session *s = BIO_get_data(bio);
	ssize_t got;

	BIO_clear_retry_flags(bio);
	if (s->fd < 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	got = recv(s->fd, to, (size_t)n, s->blocking ? 0 : MSG_DONTWAIT);

	BIO_clear_retry_flags(bio);
	s->error = got < 0 ? errno : 0;
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		BIO_set_retry_read(bio);
		return -1;
	}
	s->blocking = false;
	s->eof = s->eof || got == 0;
	if (got > 0 && !s->shaken && s->first_n < sizeof(s->first)) {
		size_t room = sizeof(s->first) - s->first_n;
		size_t part = (size_t)got < room ? (size_t)got : room;

		memcpy(s->first + s->first_n, to, part);
		s->first_n += part;
	}
	return (int)got;
}

static int
bio_write(BIO *bio, const char *from, int n)
{
	struct session *s = BIO_get_data(bio);
	ssize_t put = send(s->fd, from, (size_t)n,
	    MSG_DONTWAIT | MSG_NOSIGNAL | (s->more ? MSG_MORE : 0));

	BIO_clear_retry_flags(bio);
	s->error = put < 0 ? errno : 0;
	if (put < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_write(bio);
	return (int)put;
}

static long
bio_control(BIO *bio, int what, long n, void *p)
{
	(void)bio;
	(void)n;
	(void)p;
	return what == BIO_CTRL_FLUSH;
}

BIO *
tls_bio(struct session *s)
{
	static BIO_METHOD *method;
	BIO *bio;

	if (method == NULL) {
		method = BIO_meth_new(
		    BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "conn");
		if (method == NULL)
			return NULL;
		BIO_meth_set_read(method, bio_read);
		BIO_meth_set_write(method, bio_write);
		BIO_meth_set_ctrl(method, bio_control);
	}
	bio = BIO_new(method);
	if (bio != NULL) {
		BIO_set_data(bio, s);
		BIO_set_init(bio, 1);
	}
	return bio;
}
