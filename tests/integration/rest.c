/*
 * rest.c - connections that rest: few processes for many silent clients, who
 * are served as if each had kept its own.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "web_site.h"
#include "rig/rig.h"
#include "system/clock.h"

#define CROWD 200
#define FEW   8 /* processes */

static struct rig *
start(const char *option, const char *value)
{
	make_site();
	return rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--max-children", "8", "--min-idle", "2", "--rest", "0.1",
	    "--status", "/status", dir, option, value));
}

/* How many rest, as the server says to one who comes and goes. */
static long
resting(struct rig *r)
{
	struct rig_reply reply;
	const char *at;
	long n = -1;

	if (!rig_ask(rig_address(r, "http"),
		"GET /status HTTP/1.1\r\nHost: localhost\r\n"
		"Accept: application/json\r\nConnection: close\r\n\r\n",
		&reply))
		return -1;
	at = memmem(reply.body.p, reply.body.n, "\"resting\":", 10);
	if (at != NULL)
		sscanf(at, "\"resting\":%ld", &n);
	rig_reply_free(&reply);
	return n;
}

struct wish {
	struct rig *r;
	long n;
};

static bool
as_many_rest(void *arg)
{
	const struct wish *w = arg;

	return resting(w->r) == w->n;
}

static bool
rest_become(struct rig *r, long n)
{
	return rig_until(
	    "so many connections rest", as_many_rest, &(struct wish){ r, n });
}

static void
come(struct rig *r, int *fd, int n)
{
	for (int i = 0; i < n; i++) {
		fd[i] = rig_open(r, "http");
		ask_text(fd[i], i % 20);
		expect_text(fd[i], i % 20);
	}
}

static void
ask_all(const int *fd, int n)
{
	for (int i = 0; i < n; i++)
		ask_text(fd[i], i % 20);
	for (int i = 0; i < n; i++)
		expect_text(fd[i], i % 20);
}

static void
each_way(const char *isolation)
{
	struct rig *r = start("--isolation", isolation);
	int fd[CROWD];

	come(r, fd, CROWD);
	cr_assert(rest_become(r, CROWD));
	cr_assert_leq(rig_children(rig_pid(r), NULL, 0), FEW);
	ask_all(fd, CROWD);
	cr_assert(rest_become(r, CROWD));
	for (int i = 0; i < CROWD; i++)
		close(fd[i]);
	cr_assert(rest_become(r, 0));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(rig_count(r, "/f0.txt HTTP/1.1\" 200"), CROWD / 10);
}

Test(rest, few_processes_serve_many_who_are_silent)
{
	each_way("fork");
}

Test(rest, also_where_a_child_serves_many)
{
	each_way("reuse");
}

Test(rest, who_has_not_spoken_gives_its_process_to_others)
{
	struct rig *r = start("--timeout", "120");
	int fd[40];

	for (int i = 0; i < 40; i++)
		fd[i] = rig_open(r, "http");
	/* The last ones come in only because the first ones rest. */
	for (int i = 40; i-- > 0;) {
		ask_text(fd[i], i % 20);
		expect_text(fd[i], i % 20);
		close(fd[i]);
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest, what_comes_at_once_is_answered_in_order)
{
	struct rig *r = start(NULL, NULL);
	int fd;

	come(r, &fd, 1);
	cr_assert(rest_become(r, 1));
	cr_assert(rig_send(
	    fd, GET("/f3.txt") GET("/f1.txt") GET("/f2.txt") GET("/f4.txt")));
	rig_half_close(fd);
	expect_text(fd, 3);
	expect_text(fd, 1);
	expect_text(fd, 2);
	expect_text(fd, 4);
	cr_assert(rig_expect_end(fd));
	cr_assert(rest_become(r, 0));
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest, a_request_in_pieces_wakes_it_once)
{
	struct rig *r = start(NULL, NULL);
	int fd;

	come(r, &fd, 1);
	cr_assert(rest_become(r, 1));
	cr_assert(rig_send(fd, "G"));
	cr_assert(rest_become(r, 0));
	/* Longer than it would take to rest, were nothing buffered. */
	rig_pause_ms(300);
	cr_assert_eq(resting(r), 0);
	cr_assert(
	    rig_send(fd, "ET /f5.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	expect_text(fd, 5);
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest, the_end_comes_when_the_time_is_over_and_not_before)
{
	struct rig *r = start("--timeout", "2");
	int64_t start = clock_ms();
	int fd;

	come(r, &fd, 1);
	cr_assert(rig_expect_end(fd));
	cr_assert_geq(clock_ms() - start, 1900);
	cr_assert(rest_become(r, 0));
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest, a_drain_ends_them)
{
	struct rig *r = start("--timeout", "120");
	int fd[20];

	come(r, fd, 20);
	cr_assert(rest_become(r, 20));
	rig_signal(r, SIGTERM);
	for (int i = 0; i < 20; i++) {
		cr_assert(rig_expect_end(fd[i]));
		close(fd[i]);
	}
	cr_assert_eq(rig_wait(r), 0);
}

Test(rest, a_reload_carries_them_over)
{
	struct rig *r = start("--timeout", "120");
	int fd[CROWD];

	come(r, fd, CROWD);
	cr_assert(rest_become(r, CROWD));
	for (size_t times = 1; times <= 2; times++) {
		size_t before = rig_count(r, "sandbox:");

		rig_signal(r, SIGHUP);
		cr_assert(rig_hear_times(r, "reloading", times));
		cr_assert(rig_hear_times(r, "sandbox:", before + 1));
		cr_assert(rest_become(r, CROWD));
	}
	ask_all(fd, CROWD);
	for (int i = 0; i < CROWD; i++)
		close(fd[i]);
	cr_assert(rest_become(r, 0));
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest, who_is_served_while_the_master_is_renewed_rests_after)
{
	struct rig *r = start("--timeout", "120");
	int fd;

	come(r, &fd, 1);
	cr_assert(rest_become(r, 1));
	cr_assert(rig_send(fd, "G"));
	cr_assert(rest_become(r, 0));
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	cr_assert(rig_hear_times(r, "sandbox:", 2));
	cr_assert(
	    rig_send(fd, "ET /f5.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	expect_text(fd, 5);
	cr_assert(rest_become(r, 1));
	ask_all(&fd, 1);
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest, a_source_is_counted_while_it_rests)
{
	struct rig *r = start("--per-client", "10");
	struct rig_reply reply;
	int fd[8], more[3], refused = 0;

	come(r, fd, 8);
	cr_assert(rest_become(r, 8));
	for (int i = 0; i < 3; i++) {
		more[i] = rig_open(r, "http");
		cr_assert(rig_get_on(more[i], "/f1.txt", &reply));
		refused += reply.status == 503;
		rig_reply_free(&reply);
	}
	cr_assert_geq(refused, 1);
	for (int i = 0; i < 3; i++)
		close(more[i]);
	for (int i = 0; i < 8; i++)
		close(fd[i]);
	cr_assert(rest_become(r, 0));
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest, who_closes_or_vanishes_costs_no_process)
{
	struct rig *r = start("--timeout", "120");
	int fd[10];

	come(r, fd, 10);
	cr_assert(rest_become(r, 10));
	for (int i = 0; i < 10; i++)
		i % 2 == 0 ? (void)close(fd[i]) : rig_reset(fd[i]);
	cr_assert(rest_become(r, 0));
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest, none_is_closed_early_while_the_end_is_only_announced)
{
	struct rig *r = start("--drain-delay", "120");
	int fd[2];

	come(r, fd, 1);
	cr_assert(rest_become(r, 1));
	/* The one waits for its client when the signal comes, or rests. */
	come(r, fd + 1, 1);
	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "not ready from now on"));
	cr_assert(rig_expect_silence(fd[1], 500));
	ask_all(fd, 2);
	rig_signal(r, SIGTERM);
	cr_assert(rig_expect_end(fd[0]));
	cr_assert(rig_expect_end(fd[1]));
	close(fd[0]);
	close(fd[1]);
	cr_assert_eq(rig_wait(r), 0);
}
