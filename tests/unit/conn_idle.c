/*
 * conn_idle.c - tests of the wait between requests, and of being asked to go.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "conn_pair.h"
#include "conn/conn.h"
#include "system/clock.h"

static void
pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

TestSuite(conn, .init = set_up, .fini = tear_down);

Test(conn, an_idle_wait_ends_at_the_deadline)
{
	int64_t begin = clock_ms();

	conn_deadline(&c, 200);
	cr_expect_eq(conn_idle(&c), CONN_TIMEOUT);
	cr_expect_geq(clock_ms() - begin, 200);
	conn_deadline(&c, 0);
	cr_expect_eq(conn_idle(&c), CONN_TIMEOUT);
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

/* Whoever is asked to go is still heard: the connection stays as it is. */
Test(conn, a_drain_ends_an_await_and_not_the_connection)
{
	pthread_t t;

	conn_catch_drain();
	conn_deadline(&c, 10000);
	cr_assert_eq(write(other, "first", 5), 5);
	cr_expect_eq(conn_await(&c), 5);
	cr_assert_eq(pthread_create(&t, NULL, terminate, NULL), 0);
	cr_expect_eq(conn_await(&c), CONN_DRAIN);
	pthread_join(t, NULL);
	cr_expect_eq(conn_await(&c), CONN_DRAIN, "it has come already");
	cr_assert_eq(write(other, "more", 4), 4);
	cr_expect_eq(conn_fill(&c), 4);
}

Test(conn, an_await_ends_at_the_deadline)
{
	int64_t begin = clock_ms();

	conn_deadline(&c, 200);
	cr_expect_eq(conn_await(&c), CONN_TIMEOUT);
	cr_expect_geq(clock_ms() - begin, 200);
	conn_deadline(&c, 0);
	cr_expect_eq(conn_await(&c), CONN_TIMEOUT);
	conn_deadline(&c, 10000);
	close(other);
	cr_expect_eq(conn_await(&c), CONN_EOF);
}
