/*
 * conn_send.c - tests of sending: bytes and files, to those who do not read.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "conn_pair.h"
#include "conn/conn.h"
#include "system/clock.h"

TestSuite(conn, .init = set_up, .fini = tear_down);

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

/* A datagram is one answer, and no longer than one can be. */
Test(conn, an_answer_that_fits_no_datagram_is_an_error)
{
	static char much[CONN_DATAGRAM_MAX];
	struct conn d;
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	conn_init(&d, ends[0], SOCK_DGRAM, NULL, 0);
	cr_expect_eq(conn_say(&d, (struct slice){ much, sizeof(much) }), 0);
	cr_expect_eq(conn_sayz(&d, "!"), CONN_ERROR);
	cr_expect_eq(errno, EMSGSIZE);
	conn_drop(&d);
	close(ends[1]);
}

/* What is taken earns time, and what was taken before does not. */
Test(conn, who_takes_anything_has_time_and_who_stands_still_has_none)
{
	conn_pace(&c, 5000, 1 << 30);
	cr_expect_not(conn_earns_time(&c));
	cr_expect_eq(conn_sayz(&c, "x"), 0);
	cr_expect(conn_earns_time(&c));
	cr_expect_leq(c.deadline, clock_ms() + 5000);
	cr_expect_not(conn_earns_time(&c));
	conn_pace(&c, 5000, 1);
	cr_expect_eq(
	    conn_say(&c, (struct slice){ "many, many, many, many", 22 }), 0);
	cr_expect(conn_earns_time(&c));
	cr_expect_leq(c.deadline, clock_ms() + 5000 + CONN_PACE_MS);
	cr_expect_not(conn_earns_time(&c));
}
