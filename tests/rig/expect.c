/*
 * expect.c - the next thing on the wire is exactly this.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/wait.h"
#include "rig/wire.h"

#define SHOWN 60 /* bytes around a difference */

/*
 * Bytes as text, with the odd ones as \xHH.
 */
static const char *
show(const char *p, size_t n, char to[4 * SHOWN + 1])
{
	char *q = to;

	if (n > SHOWN)
		n = SHOWN;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		q += sprintf(q, c >= ' ' && c < 127 ? "%c" : "\\x%02x", c);
	}
	*q = '\0';
	return to;
}

static bool
compare(const char *want, size_t want_n, const char *got, size_t got_n)
{
	char a[4 * SHOWN + 1], b[4 * SHOWN + 1];
	size_t i = 0;

	while (i < want_n && i < got_n && want[i] == got[i])
		i++;
	if (i == want_n && i == got_n)
		return true;
	return rig_fail("wanted %zu bytes, got %zu, equal up to %zu;\n"
			"rig: then wanted \"%s\"\nrig: and got \"%s\"",
	    want_n, got_n, i, show(want + i, want_n - i, a),
	    show(got + i, got_n - i, b));
}

bool
rig_expect_bytes(int fd, const void *want, size_t n)
{
	struct buf got;
	bool same;

	buf_init(&got, RIG_BUF_MAX);
	rig_read(fd, &got, n);
	same = compare(want, n, got.n > 0 ? got.p : "", got.n);
	buf_free(&got);
	return same;
}

bool
rig_expect(int fd, const char *text)
{
	return rig_expect_bytes(fd, text, strlen(text));
}

bool
rig_expect_datagram(int fd, const void *want, size_t n)
{
	char *got = malloc(65536);
	ssize_t got_n;
	bool same;

	if (got == NULL)
		rig_die("out of memory");
	got_n = rig_receive(fd, got, 65536);
	same = got_n < 0 ? rig_fail("no datagram: %s", strerror(errno)) :
			   compare(want, n, got, (size_t)got_n);
	free(got);
	return same;
}

bool
rig_expect_end(int fd)
{
	char byte[SHOWN], text[4 * SHOWN + 1];
	ssize_t got = rig_receive(fd, byte, sizeof(byte));

	if (got == 0)
		return true;
	if (got < 0)
		return rig_fail("wanted the end, got: %s", strerror(errno));
	return rig_fail(
	    "wanted the end, got \"%s\"", show(byte, (size_t)got, text));
}

bool
rig_expect_reset(int fd)
{
	char byte[SHOWN];
	ssize_t got = rig_receive(fd, byte, sizeof(byte));

	if (got < 0 && errno == ECONNRESET)
		return true;
	return rig_fail("wanted a reset, got: %s",
	    got < 0     ? strerror(errno) :
		got > 0 ? "bytes" :
			  "an end in order");
}

bool
rig_expect_silence(int fd, int64_t ms)
{
	char byte[SHOWN], text[4 * SHOWN + 1];
	ssize_t got = rig_receive_ms(fd, byte, sizeof(byte), ms);

	if (got < 0 && errno == ETIMEDOUT)
		return true;
	if (got <= 0)
		return rig_fail("wanted silence, got: %s",
		    got < 0 ? strerror(errno) : "the end");
	return rig_fail(
	    "wanted silence, got \"%s\"", show(byte, (size_t)got, text));
}

void
rig_half_close(int fd)
{
	shutdown(fd, SHUT_WR);
}

void
rig_reset(int fd)
{
	struct linger none = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(fd);
}

void
rig_vanish(int fd)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &nothing };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		sizeof(program)) == 0)
		return;
	if (errno == EPERM)
		cr_skip_test("here only root may attach a filter to a socket");
	rig_die("SO_ATTACH_FILTER: %s", strerror(errno));
}
