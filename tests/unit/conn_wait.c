/*
 * conn_wait.c - tests of the wait that also watches another descriptor, of
 * looking and sending without waiting, and of a transport of one's own.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conn_pair.h"
#include "conn/conn.h"
#include "system/clock.h"

TestSuite(conn_wait, .init = set_up, .fini = tear_down);

Test(conn_wait, time_is_over)
{
	int64_t begin = clock_ms();

	cr_expect_eq(conn_wait(&c, CONN_READABLE, -1, 100), 0);
	cr_expect_geq(clock_ms() - begin, 100);
	conn_deadline(&c, 50);
	cr_expect_eq(conn_wait(&c, CONN_READABLE, -1, 60000), CONN_TIMEOUT);
	cr_expect_eq(conn_wait(&c, CONN_READABLE, -1, -1), CONN_TIMEOUT);
}

Test(conn_wait, what_is_asked_for)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_expect_eq(conn_wait(&c, CONN_WRITABLE, ends[0], -1), CONN_WRITABLE);
	cr_assert_eq(write(other, "x", 1), 1);
	cr_expect_eq(conn_wait(&c, 0, ends[0], 20), 0, "not asked for");
	cr_expect_eq(conn_wait(&c, CONN_READABLE, ends[0], -1), CONN_READABLE);
	cr_assert_eq(write(ends[1], "y", 1), 1);
	cr_expect_eq(conn_wait(&c, 0, ends[0], -1), CONN_OTHER);
	cr_expect_eq(conn_fill(&c), 1, "no byte was taken");
	close(ends[0]);
	close(ends[1]);
}

Test(conn_wait, hanging_up_is_seen_behind_unread_bytes)
{
	cr_assert_eq(write(other, "x", 1), 1);
	cr_assert_eq(shutdown(other, SHUT_WR), 0);
	cr_expect_eq(conn_wait(&c, 0, -1, 20), 0, "not asked for");
	cr_expect_eq(conn_wait(&c, CONN_HUNG_UP, -1, 5000), CONN_HUNG_UP);
	cr_expect_eq(conn_fill(&c), 1);
	cr_assert_eq(shutdown(other, SHUT_RDWR), 0);
	cr_expect_eq(conn_wait(&c, 0, -1, 5000), CONN_HUNG_UP, "both ways");
}

static void *
terminate(void *arg)
{
	struct timespec t = { 0, 100000000 };

	(void)arg;
	nanosleep(&t, NULL);
	kill(getpid(), SIGTERM);
	return NULL;
}

Test(conn_wait, a_drain_ends_it)
{
	pthread_t t;

	conn_catch_drain();
	cr_assert_eq(pthread_create(&t, NULL, terminate, NULL), 0);
	cr_expect_eq(conn_wait(&c, CONN_READABLE, -1, -1), CONN_DRAIN);
	cr_expect_eq(conn_wait(&c, CONN_READABLE, -1, -1), CONN_DRAIN,
	    "and no later one begins");
	pthread_join(t, NULL);
}

Test(conn_wait, nothing_waits_that_need_not)
{
	static char much[8 << 20];
	ssize_t n;

	cr_expect_eq(conn_pending(&c), 0);
	cr_expect(conn_fill_now(&c) == CONN_ERROR && errno == EAGAIN);
	cr_assert_eq(write(other, "abc", 3), 3);
	cr_expect_eq(conn_pending(&c), 1);
	cr_expect_eq(conn_fill_now(&c), 3);
	n = conn_send_now(&c, (struct slice){ much, sizeof(much) });
	cr_expect(n > 0 && (size_t)n < sizeof(much));
	cr_expect_eq(c.sent, (uint64_t)n);
	n = conn_send_now(&c, (struct slice){ much, sizeof(much) });
	cr_expect(n == CONN_ERROR && errno == EAGAIN);
	cr_assert_eq(shutdown(other, SHUT_WR), 0);
	cr_expect_eq(conn_pending(&c), CONN_ERROR);
	cr_expect_eq(conn_fill_now(&c), CONN_EOF);
}

/*
 * A transport that turns letters' case, has bytes of its own that poll(2) does
 * not see, and wants to read before it can send, as TLS may.
 */
static char held[16];
static size_t held_n;
static int tries, shuts;

static ssize_t
odd_receive(struct conn *conn, void *to, size_t n, bool wait)
{
	ssize_t got;

	(void)wait;
	if (held_n > 0) {
		got = (ssize_t)held_n;
		memcpy(to, held, held_n);
		held_n = 0;
		return got;
	}
	got = recv(conn->fd, to, n, MSG_DONTWAIT);
	for (ssize_t i = 0; i < got; i++)
		((char *)to)[i] ^= ' ';
	return got;
}

static ssize_t
odd_send(struct conn *conn, struct iovec *iov, int count, bool more)
{
	char bytes[7];
	size_t n = iov->iov_len < 7 ? iov->iov_len : 7;

	(void)more;
	cr_assert_gt(count, 0);
	if (tries++ == 0) {
		conn->awaits = POLLIN;
		errno = EAGAIN;
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(((char *)iov->iov_base)[i] ^ ' ');
	return send(conn->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int
odd_pending(struct conn *conn)
{
	(void)conn;
	return held_n > 0;
}

static int
odd_shut(struct conn *conn)
{
	shuts++;
	return shutdown(conn->fd, SHUT_WR);
}

static void
odd_close(struct conn *conn)
{
	*(int *)conn->session += 1;
	close(conn->fd);
}

static const struct conn_transport odd = {
	.receive = odd_receive,
	.send = odd_send,
	.pending = odd_pending,
	.shut = odd_shut,
	.close = odd_close,
};

static void
expect_heard(const char *bytes, size_t n)
{
	char got[64];
	size_t at = 0;

	while (at < n) {
		ssize_t more = read(other, got + at, sizeof(got) - at);

		cr_assert_gt(more, 0);
		at += (size_t)more;
	}
	cr_expect(at == n && memcmp(got, bytes, n) == 0);
}

Test(conn_wait, a_transport_of_ones_own)
{
	struct iovec two[] = { { (char[]){ "HELLO " }, 6 },
		{ (char[]){ "THERE, YOU" }, 10 } };
	FILE *f = tmpfile();
	int closed = 0;

	c.transport = &odd;
	c.session = &closed;
	memcpy(held, "own", held_n = 3);
	cr_expect_eq(conn_wait(&c, CONN_READABLE, -1, -1), CONN_READABLE);
	cr_expect_eq(conn_fill(&c), 3);
	cr_assert_eq(write(other, "ABC", 3), 3);
	cr_expect_eq(conn_idle(&c), 3);
	cr_expect(slice_is(buf_slice(&c.in), "ownabc"));
	/* The first try wants to read, and there is something. */
	cr_assert_eq(write(other, "DEF", 3), 3);
	conn_deadline(&c, 5000);
	cr_expect_eq(conn_send(&c, two, 2), 0);
	cr_assert_not_null(f);
	cr_assert(fputs("xFROM A FILEx", f) >= 0 && fflush(f) == 0);
	cr_expect_eq(
	    conn_sendfile(&c, (struct slice)SLICE("HEAD "), fileno(f), 1, 11),
	    0);
	cr_expect_eq(c.sent, 32);
	cr_expect_eq(
	    conn_sendfile(&c, (struct slice){ NULL, 0 }, fileno(f), 12, 9),
	    CONN_ERROR);
	cr_expect_eq(errno, EIO);
	expect_heard("hello\0there\f\0youhead\0from\0a\0fileX", 33);
	shutdown(other, SHUT_RDWR);
	conn_end(&c);
	cr_expect(shuts == 1 && closed == 1);
	fclose(f);
}
