/*
 * narrated.c - a conn whose socket calls are told as they happen.
 *
 * A transport before the transport: it calls that and says what came of it.
 * Tries in vain (EAGAIN), after which one waits, are not told.
 */
#include "conn/narrated.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/conn.h"
#include "system/narrate.h"

static const struct conn_transport *told; /* the transport itself */
static struct conn_transport teller;

static bool
is_in_vain(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static ssize_t
receive(struct conn *c, void *to, size_t n, bool wait)
{
	ssize_t got = told->receive(c, to, n, wait);

	if (!is_in_vain(got))
		narrate(got,
		    got > 0 ? narrate_bytes(to, (size_t)got) :
			      "the other end sends no more",
		    "recv(%d)", c->fd);
	return got;
}

static ssize_t
send_some(struct conn *c, struct iovec *iov, int count, bool more)
{
	const char *first =
	    count > 0 ? narrate_bytes(iov[0].iov_base, iov[0].iov_len) : "\"\"";
	ssize_t put = told->send(c, iov, count, more);

	if (c->type != SOCK_DGRAM && !is_in_vain(put))
		narrate(put, NULL, "send(%d, %s)", c->fd, first);
	return put;
}

static ssize_t
send_file(struct conn *c, int file, off_t offset, size_t n)
{
	ssize_t put = told->send_file(c, file, offset, n);

	if (!is_in_vain(put))
		narrate(put, NULL, "sendfile(%d, %d)", c->fd, file);
	return put;
}

static int
shut(struct conn *c)
{
	int done = told->shut(c);

	if (c->type != SOCK_DGRAM)
		narrate(done, NULL, "shutdown(%d, SHUT_WR)", c->fd);
	else if (c->eof)
		narrate(done < 0 ? -1 : (long)c->out.n, NULL,
		    "sendto(%d, %s, %s)", c->fd,
		    narrate_bytes(c->out.p, c->out.n), narrate_addr(&c->peer));
	return done;
}

static void
shut_for_good(struct conn *c)
{
	int fd = c->fd;

	told->close(c);
	narrate(0, NULL, "close(%d)", fd);
}

void
narrated(struct conn *c)
{
	if (!narrate_on || c->transport == &teller)
		return;
	told = c->transport;
	teller = *told;
	teller.receive = receive;
	teller.send = send_some;
	teller.send_file = told->send_file == NULL ? NULL : send_file;
	teller.shut = shut;
	teller.close = shut_for_good;
	c->transport = &teller;
	if (c->loaded)
		narrate((long)c->in.n, narrate_bytes(c->in.p, c->in.n),
		    "recvfrom(%d, from %s)", c->fd, narrate_addr(&c->peer));
}
