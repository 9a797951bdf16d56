/*
 * talk.c - a client of one conversation.
 */
#include "fuzzrig/talk.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "fuzzrig/must.h"
#include "fuzzrig/still.h"

#define PIECES   64        /* what a socket holds, however small they are */
#define TOLD_MAX (1 << 26) /* no conversation of so few bytes says more */
#define RECORD   (256 * 1024)
#define STAYS_S  600 /* and then a client that stays has gone */

static int end = -1; /* of the client */
static struct buf told;
static bool gone; /* in the middle of it */

/* Read all that there is. */
static void
listen_up(void)
{
	ssize_t n;

	do {
		char *to = buf_room(&told, RECORD);

		must(to != NULL);
		n = recv(end, to, RECORD, MSG_DONTWAIT);
		if (n > 0)
			buf_grew(&told, (size_t)n);
		/* The other end has hung up on us; what it said is there. */
	} while (n > 0 || (n < 0 && errno == ECONNRESET));
}

int
talk_dial(struct slice said, const struct manner *m)
{
	size_t piece = m->piece;
	int ends[2];

	must(end < 0);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	end = ends[0];
	if (piece < said.n / PIECES + 1)
		piece = said.n / PIECES + 1;
	while (said.n > 0) {
		size_t n = said.n < piece ? said.n : piece;

		must(send(end, said.p, n, MSG_DONTWAIT) == (ssize_t)n);
		said = slice_from(said, n);
	}
	if (!m->stays)
		shutdown(end, SHUT_WR);
	if (told.max == 0)
		buf_init(&told, TOLD_MAX);
	buf_clear(&told);
	gone = false;
	return ends[1];
}

void
talk_begin(struct conn *c, struct slice said, const struct manner *m)
{
	conn_init(c, talk_dial(said, m), SOCK_STREAM, NULL, 0);
}

struct slice
talk_end(void)
{
	if (end < 0)
		return (struct slice){ NULL, 0 };
	listen_up();
	close(end);
	end = -1;
	return buf_slice(&told);
}

bool
talk_stayed(const struct manner *m)
{
	return m->stays && !gone;
}

/* In place of the libc's: who waits for the client waits no time. */
int
poll(struct pollfd *p, nfds_t n, int ms)
{
	static const struct timespec now = { 0, 0 };
	struct timespec really = { ms / 1000, ms % 1000 * 1000000L };
	int got;

	/* Nobody is there: it is a process that is waited for. */
	if (end < 0)
		return ppoll(p, n, ms < 0 ? NULL : &really, NULL);

	for (nfds_t i = 0; i < n; i++)
		if ((p[i].events & POLLOUT) != 0 && end >= 0)
			listen_up();
	got = ppoll(p, n, &now, NULL);
	if (got != 0 || ms == 0)
		return got;
	must(ms > 0);
	still_pass((int64_t)ms * 1000);
	if (still_passed_us() > INT64_C(1000000) * STAYS_S && end >= 0) {
		shutdown(end, SHUT_WR);
		gone = true;
	}
	return 0;
}

ssize_t
recv(int fd, void *to, size_t n, int flags)
{
	struct timeval limit;
	socklen_t len = sizeof(limit);
	ssize_t got =
	    syscall(SYS_recvfrom, fd, to, n, flags | MSG_DONTWAIT, NULL, NULL);

	if (got >= 0 || errno != EAGAIN || (flags & MSG_DONTWAIT) != 0)
		return got;
	must(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, &len) == 0);
	must(limit.tv_sec > 0 || limit.tv_usec > 0);
	still_pass((int64_t)limit.tv_sec * 1000000 + limit.tv_usec);
	errno = EAGAIN;
	return -1;
}
