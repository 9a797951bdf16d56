/*
 * wire.c - send and receive, exactly and not for ever.
 */
#include "rig/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/wait.h"
#include "system/clock.h"

#define PIECE 65536

static bool
is_ready(int fd, short events, int64_t deadline)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int got = poll(&p, 1, clock_left_ms(deadline));

		if (got > 0)
			return true;
		if (got == 0 || errno != EINTR)
			return false;
	}
}

bool
rig_send_bytes(int fd, const void *bytes, size_t n)
{
	int64_t deadline = rig_deadline();
	const char *p = bytes;

	do {
		ssize_t put;

		if (!is_ready(fd, POLLOUT, deadline))
			return rig_fail("%zu bytes could not be sent", n);
		put = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put < 0 && errno != EAGAIN && errno != EINTR)
			return rig_fail("send: %s", strerror(errno));
		if (put > 0) {
			p += put;
			n -= (size_t)put;
		}
	} while (n > 0);
	return true;
}

bool
rig_send(int fd, const char *text)
{
	return rig_send_bytes(fd, text, strlen(text));
}

bool
rig_send_slowly(int fd, const char *text, int64_t pause_ms)
{
	for (; *text != '\0'; text++) {
		if (!rig_send_bytes(fd, text, 1))
			return false;
		rig_pause_ms(pause_ms);
	}
	return true;
}

static ssize_t
receive(int fd, void *to, size_t n, int flags, int64_t deadline)
{
	for (;;) {
		ssize_t got;

		if (!is_ready(fd, POLLIN, deadline)) {
			errno = ETIMEDOUT;
			return -1;
		}
		got = recv(fd, to, n, flags | MSG_DONTWAIT);
		if (got >= 0 || (errno != EAGAIN && errno != EINTR))
			return got;
	}
}

ssize_t
rig_receive(int fd, void *to, size_t n)
{
	return receive(fd, to, n, 0, rig_deadline());
}

ssize_t
rig_receive_ms(int fd, void *to, size_t n, int64_t ms)
{
	return receive(fd, to, n, 0, clock_ms() + ms);
}

/*
 * Add up to n bytes to b.  Returns as receive().
 */
static ssize_t
add(int fd, struct buf *b, size_t n, int64_t deadline)
{
	size_t left = b->max - b->n;
	ssize_t got;
	char *room;

	n = n > PIECE ? PIECE : n;
	n = n > left ? left : n;
	room = n > 0 ? buf_room(b, n) : NULL;
	if (room == NULL)
		rig_die("more bytes than the test has room for");
	got = receive(fd, room, n, 0, deadline);
	if (got > 0)
		buf_grew(b, (size_t)got);
	return got;
}

static bool
cut_short(ssize_t got, const char *what, const struct buf *b)
{
	size_t n = b->n < 200 ? b->n : 200;

	return rig_fail("%s before %s; %zu bytes: %.*s",
	    got == 0 ? "end" : strerror(errno), what, b->n, (int)n,
	    n > 0 ? b->p : "");
}

bool
rig_read(int fd, struct buf *b, size_t n)
{
	int64_t deadline = rig_deadline();

	while (n > 0) {
		ssize_t got = add(fd, b, n, deadline);

		if (got <= 0)
			return cut_short(got, "the last byte awaited", b);
		n -= (size_t)got;
	}
	return true;
}

bool
rig_read_all(int fd, struct buf *b)
{
	int64_t deadline = rig_deadline();
	ssize_t got;

	while ((got = add(fd, b, PIECE, deadline)) > 0)
		;
	return got == 0 || cut_short(got, "the end", b);
}

bool
rig_exchange(int fd, const void *bytes, size_t n, struct buf *in, size_t want)
{
	int64_t deadline = rig_deadline();
	const char *p = bytes;
	size_t start = in->n;

	while (n > 0 || in->n - start < want) {
		struct pollfd pfd = { .fd = fd,
			.events = n > 0 ? POLLIN | POLLOUT : POLLIN };
		ssize_t done = 1;

		if (poll(&pfd, 1, clock_left_ms(deadline)) <= 0)
			return cut_short(-1, "all was exchanged", in);
		if (pfd.revents & POLLOUT) {
			done = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
			p += done > 0 ? done : 0;
			n -= done > 0 ? (size_t)done : 0;
		}
		if (pfd.revents & ~POLLOUT)
			done = add(fd, in, want - (in->n - start), deadline);
		if (done == 0 || (done < 0 && errno != EAGAIN))
			return cut_short(done, "all was exchanged", in);
	}
	return true;
}

/*
 * How many of the n bytes at p are to be taken so that old and they end with
 * needle, or all if they do not contain its end.
 */
static size_t
up_to(const struct buf *old, const char *p, size_t n, struct slice needle,
    bool *found)
{
	for (size_t i = 1; i <= n; i++) {
		size_t late = i < needle.n ? i : needle.n;
		size_t early = needle.n - late;

		*found = early <= old->n &&
		    memcmp(p + i - late, needle.p + early, late) == 0 &&
		    (early == 0 ||
			memcmp(old->p + old->n - early, needle.p, early) == 0);
		if (*found)
			return i;
	}
	return n;
}

bool
rig_read_through(int fd, struct buf *b, const char *needle)
{
	int64_t deadline = rig_deadline();
	struct buf fresh;
	bool found = false;

	buf_init(&fresh, RIG_BUF_MAX);
	while (!found) {
		char peek[4096];
		ssize_t got =
		    receive(fd, peek, sizeof(peek), MSG_PEEK, deadline);
		size_t n;

		if (got > 0) {
			n = up_to(&fresh, peek, (size_t)got, slice_of(needle),
			    &found);
			got = receive(fd, peek, n, 0, deadline);
		}
		if (got <= 0) {
			int error = errno;

			buf_adds(b, buf_slice(&fresh));
			buf_free(&fresh);
			errno = error;
			return cut_short(got, needle, b);
		}
		buf_add(&fresh, peek, (size_t)got);
	}
	buf_adds(b, buf_slice(&fresh));
	buf_free(&fresh);
	return true;
}
