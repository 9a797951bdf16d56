/*
 * conn.c - tests of the conn: bytes in and out, absolute deadlines, the end.
 *
 * The other side is a thread or nobody; sockets are pairs, so nothing here
 * touches the network but the datagram's loopback.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "service/conn.h"
#include "system/clock.h"
#include "system/sock.h"

static struct conn c;
static int other;

static void
set_up(void)
{
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	conn_init(&c, ends[0], SOCK_STREAM, NULL, 0);
	other = ends[1];
}

static void
tear_down(void)
{
	conn_drop(&c);
	close(other);
}

static void
pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

TestSuite(conn, .init = set_up, .fini = tear_down);

Test(conn, gathers_what_comes)
{
	conn_deadline(&c, 5000);
	cr_assert_eq(write(other, "abc", 3), 3);
	cr_expect_eq(conn_fill(&c), 3);
	cr_assert_eq(write(other, "de", 2), 2);
	cr_expect_eq(conn_idle(&c), 2);
	cr_expect(slice_is(buf_slice(&c.in), "abcde"));
	cr_expect_eq(c.received, 5);
	close(other);
	cr_expect_eq(conn_fill(&c), CONN_EOF);
	cr_expect_eq(conn_idle(&c), CONN_EOF, "the end stays the end");
}

Test(conn, says_full_and_keeps_the_bytes)
{
	static char much[CONN_READ_SIZE];

	c.in.max = 100;
	conn_deadline(&c, 5000);
	cr_assert_eq(write(other, much, sizeof(much)), sizeof(much));
	cr_expect_eq(conn_fill(&c), 100);
	cr_expect_eq(conn_fill(&c), CONN_FULL);
	buf_eat(&c.in, 60);
	cr_expect_eq(conn_fill(&c), 60);
}

Test(conn, a_deadline_in_the_past_still_takes_what_is_there)
{
	conn_deadline(&c, 0);
	cr_expect_eq(conn_fill(&c), CONN_TIMEOUT);
	cr_assert_eq(write(other, "x", 1), 1);
	cr_expect_eq(conn_fill(&c), 1);
}

/* One byte every 20 ms, for as long as anybody listens. */
static void *
trickle(void *fd)
{
	for (int i = 0; i < 500; i++) {
		if (send(*(int *)fd, "x", 1, MSG_NOSIGNAL) < 0)
			break;
		pause_ms(20);
	}
	return NULL;
}

Test(conn, a_trickle_does_not_push_the_deadline)
{
	int64_t begin = clock_ms(), took;
	pthread_t t;
	ssize_t got;

	cr_assert_eq(pthread_create(&t, NULL, trickle, &other), 0);
	conn_deadline(&c, 300);
	while ((got = conn_fill(&c)) > 0)
		;
	took = clock_ms() - begin;
	cr_expect_eq(got, CONN_TIMEOUT);
	cr_expect_geq(took, 300);
	cr_expect_lt(took, 5000, "%lld ms", (long long)took);
	conn_drop(&c);
	pthread_join(t, NULL);
}

Test(conn, an_idle_wait_ends_at_the_deadline)
{
	int64_t begin = clock_ms();

	conn_deadline(&c, 200);
	cr_expect_eq(conn_idle(&c), CONN_TIMEOUT);
	cr_expect_geq(clock_ms() - begin, 200);
	conn_deadline(&c, 0);
	cr_expect_eq(conn_idle(&c), CONN_TIMEOUT);
}

Test(conn, a_reader_who_does_not_read_is_given_up)
{
	static char much[8 << 20];

	conn_deadline(&c, 200);
	cr_expect_eq(
	    conn_say(&c, (struct slice){ much, sizeof(much) }), CONN_TIMEOUT);
	cr_expect_gt(c.sent, 0);
	cr_expect_lt(c.sent, sizeof(much));
}

Test(conn, a_reader_who_is_gone_is_an_error)
{
	close(other);
	conn_deadline(&c, 1000);
	cr_expect_eq(conn_sayz(&c, "hello"), CONN_ERROR);
	cr_expect_eq(errno, EPIPE, "and no SIGPIPE");
}

struct sink {
	int fd;
	size_t got;
	uint64_t sum;
};

static void *
swallow(void *arg)
{
	struct sink *s = arg;
	unsigned char bytes[4096];
	ssize_t n;

	while ((n = read(s->fd, bytes, sizeof(bytes))) > 0) {
		s->got += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			s->sum = s->sum * 31 + bytes[i];
	}
	return NULL;
}

/* A file of n bytes that is nowhere to be found by name. */
static int
make_file(size_t n, uint64_t *sum)
{
	FILE *f = tmpfile();
	int fd;

	cr_assert_not_null(f);
	for (size_t i = 0; i < n; i++) {
		unsigned char b = (unsigned char)(i * 7 + i / 251);

		*sum = *sum * 31 + b;
		fputc(b, f);
	}
	cr_assert_eq(fflush(f), 0);
	fd = dup(fileno(f));
	fclose(f);
	return fd;
}

Test(conn, sends_a_file_behind_its_head)
{
	struct sink s = { .fd = other };
	uint64_t sum = 'h';
	int file;
	pthread_t t;

	file = make_file(3000000, &sum);
	cr_assert_eq(pthread_create(&t, NULL, swallow, &s), 0);
	conn_deadline(&c, 20000);
	cr_expect_eq(
	    conn_sendfile(&c, (struct slice)SLICE("h"), file, 0, 3000000), 0);
	cr_expect_eq(c.sent, 3000001);
	conn_drop(&c);
	pthread_join(t, NULL);
	cr_expect_eq(s.got, 3000001);
	cr_expect_eq(s.sum, sum, "every byte as in the file");
	close(file);
}

Test(conn, a_file_that_has_shrunk_is_an_error)
{
	uint64_t sum = 0;
	int file = make_file(1000, &sum);

	conn_deadline(&c, 5000);
	cr_expect_eq(
	    conn_sendfile(&c, (struct slice){ NULL, 0 }, file, 0, 2000),
	    CONN_ERROR);
	cr_expect_eq(errno, EIO);
	cr_expect_eq(c.sent, 1000, "nothing is made up");
	close(file);
}

Test(conn, the_last_reply_survives_unread_input)
{
	char bytes[16];

	conn_deadline(&c, 1000);
	cr_assert_eq(write(other, "unread", 6), 6);
	cr_expect_eq(conn_sayz(&c, "bye"), 0);
	shutdown(other, SHUT_WR);
	conn_end(&c);
	cr_expect_eq(c.fd, -1);
	cr_expect_eq(read(other, bytes, sizeof(bytes)), 3);
	cr_expect_eq(read(other, bytes, sizeof(bytes)), 0);
}

Test(conn, the_end_waits_only_so_long)
{
	int64_t begin = clock_ms();

	conn_end(&c);
	cr_expect_geq(clock_ms() - begin, CONN_LINGER_MS - 1);
	cr_expect_lt(clock_ms() - begin, CONN_LINGER_MS + 3000);
}

static void *
terminate(void *fd)
{
	(void)fd;
	pause_ms(100);
	kill(getpid(), SIGTERM);
	return NULL;
}

Test(conn, a_drain_ends_the_wait_between_requests)
{
	pthread_t t;

	conn_catch_drain();
	conn_deadline(&c, 10000);
	cr_assert_eq(write(other, "first", 5), 5);
	cr_expect_eq(conn_idle(&c), 5);
	cr_assert_eq(pthread_create(&t, NULL, terminate, NULL), 0);
	cr_expect_eq(conn_idle(&c), CONN_DRAIN);
	cr_expect(conn_draining());
	pthread_join(t, NULL);
}

Test(conn, a_drain_lets_a_first_request_come)
{
	conn_catch_drain();
	conn_deadline(&c, 10000);
	raise(SIGTERM);
	cr_assert_eq(write(other, "first", 5), 5);
	cr_expect_eq(conn_idle(&c), 5);
	cr_assert_eq(write(other, "more", 4), 4);
	cr_expect_eq(conn_idle(&c), 4, "what has come already is returned");
	cr_expect_eq(conn_idle(&c), CONN_DRAIN);
}

Test(conn, a_second_drain_ends_a_silent_connection)
{
	conn_catch_drain();
	conn_deadline(&c, 10000);
	raise(SIGTERM);
	raise(SIGTERM);
	cr_expect_eq(conn_idle(&c), CONN_DRAIN);
}

/* A datagram socket on loopback that knows where server is. */
static int
client_of(int server, struct addr *a)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	cr_assert_eq(addr_of_local(server, a), 0);
	cr_assert_eq(connect(fd, &a->sa, a->len), 0);
	return fd;
}

Test(conn, a_datagram_is_one_read_and_one_answer)
{
	struct addr found[ADDR_MAX_FOUND], a;
	const char *why;
	int server, client;
	struct conn d;
	char bytes[16];

	cr_assert_gt(addr_listen("127.0.0.1:0", found, &why), 0);
	server = sock_listen(&found[0], SOCK_DGRAM);
	client = client_of(server, &a);
	cr_assert_eq(send(client, "ping", 4, 0), 4);
	cr_assert_eq(send(client, "second", 6, 0), 6);
	conn_init(&d, dup(server), SOCK_DGRAM, &(struct addr){ 0 }, 0);
	conn_deadline(&d, 5000);
	cr_expect_eq(conn_take_datagram(&d), 4);
	cr_expect_eq(conn_idle(&d), 4);
	cr_expect(slice_is(buf_slice(&d.in), "ping"));
	cr_expect_eq(conn_idle(&d), CONN_EOF, "the second is not ours");
	cr_expect_eq(conn_sayz(&d, "po"), 0);
	cr_expect_eq(conn_sayz(&d, "ng"), 0);
	conn_end(&d);
	cr_expect_eq(recv(client, bytes, sizeof(bytes), 0), 4);
	cr_expect_eq(memcmp(bytes, "pong", 4), 0);
	close(client);
	close(server);
}
