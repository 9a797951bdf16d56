/*
 * conn.c - tests of the conn: bytes in and out, absolute deadlines, the end.
 *
 * The other side is a thread or nobody; sockets are pairs, so nothing here
 * touches the network but the datagram's loopback.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "conn_pair.h"
#include "conn/conn.h"
#include "system/clock.h"
#include "system/sock.h"

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
	cr_expect_lt(clock_ms() - begin, CONN_LINGER_MS + 10000);
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
