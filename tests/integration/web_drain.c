/*
 * web_drain.c - a server while it serves the web: crowds, drains with replies
 * on their way, logs.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web_site.h"
#include "rig/rig.h"
#include "system/clock.h"

#define CROWD 200

Test(web_drain, two_hundred_clients_each_get_what_they_asked_for)
{
	/* The first one waits until all others have come and been served. */
	struct rig *r = site("--timeout", "120");
	const char *where = rig_address(r, "http");
	int fd[CROWD];

	for (int i = 0; i < CROWD; i++) {
		fd[i] = rig_connect(where);
		cr_assert_geq(fd[i], 0);
	}
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < CROWD; i++)
			ask_text(fd[i], (i + round) % 20);
		for (int i = CROWD; i-- > 0;)
			expect_text(fd[i], (i + round) % 20);
	}
	cr_assert_geq(rig_children(rig_pid(r), NULL, 0), CROWD);
	for (int i = 0; i < CROWD; i++)
		close(fd[i]);
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(rig_count(r, "\" 200 "), 2 * CROWD);
}

Test(web_drain, a_drain_waits_for_large_replies_to_slow_readers)
{
	struct rig *r = site(NULL, NULL);
	int fd[5];

	for (int i = 0; i < 5; i++) {
		fd[i] = rig_connect_narrow(rig_address(r, "http"));
		cr_assert(rig_send(fd[i], GET("/large")));
	}
	/* All are in the middle of it. */
	for (int i = 0; i < 5; i++) {
		char first[9];

		cr_assert_eq(recv(fd[i], first, 9, MSG_PEEK | MSG_WAITALL), 9);
	}
	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "draining"));
	for (int i = 0; i < 5; i++) {
		expect_large(fd[i]);
		cr_assert(rig_expect_end(fd[i]));
	}
	cr_assert_eq(rig_wait(r), 0);
}

Test(web_drain, a_drain_lets_a_begun_request_finish)
{
	struct rig *r = site(NULL, NULL);
	int half = rig_open(r, "http"), kept = rig_open(r, "http");
	struct rig_reply reply;

	ask_text(kept, 3);
	expect_text(kept, 3);
	cr_assert(rig_send(half, "GET /f1.txt HTTP/1.1\r\nHo"));
	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "draining"));
	cr_assert(rig_expect_end(kept));
	/* The idle ones go last, when all others have been told. */
	cr_assert(rig_children_become(rig_pid(r), 1, 1));
	cr_assert(rig_send(half, "st: localhost\r\n\r\n"));
	cr_assert(rig_reply(half, &reply, false));
	cr_assert_eq(reply.status, 200);
	cr_assert(slice_iis(rig_header(&reply, "Connection"), "close"));
	cr_assert(rig_expect_end(half));
	rig_reply_free(&reply);
	cr_assert_eq(rig_wait(r), 0);
}

/* Ask on a kept connection: is the answer its last? */
static bool
is_last_answer(int fd)
{
	struct rig_reply reply;
	bool last;

	cr_assert(rig_send(fd, GET("/f1.txt")));
	cr_assert(rig_reply(fd, &reply, false));
	cr_expect_eq(reply.status, 200);
	last = slice_iis(rig_header(&reply, "Connection"), "close");
	rig_reply_free(&reply);
	return last;
}

/* Their next request shall not meet the end of the server. */
Test(web_drain, kept_ones_are_sent_away_while_the_end_is_announced)
{
	struct rig *r = site("--drain-delay", "3600");
	int kept = rig_open(r, "http"), silent = rig_open(r, "http");

	ask_text(silent, 3);
	expect_text(silent, 3);
	cr_expect(!is_last_answer(kept));
	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "not ready from now on"));
	cr_expect(is_last_answer(kept));
	cr_assert(rig_expect_end(kept));
	/* Who asks for nothing is not cut off for it. */
	cr_assert(rig_expect_silence(silent, 100));
	rig_signal(r, SIGTERM);
	cr_assert(rig_expect_end(silent));
	close(kept);
	close(silent);
	cr_assert_eq(rig_wait(r), 0);
}

Test(web_drain, a_drain_answers_what_waits_in_sockets_and_backlog)
{
	struct rig *r = site(NULL, NULL);
	const char *where = rig_address(r, "http");
	int fd[40];

	for (int i = 0; i < 20; i++) {
		fd[i] = rig_connect(where);
		ask_text(fd[i], i);
		expect_text(fd[i], i);
	}
	rig_signal(r, SIGSTOP);
	for (int i = 0; i < 40; i++) {
		if (i >= 20)
			fd[i] = rig_connect(where);
		ask_text(fd[i], i % 20);
	}
	rig_signal(r, SIGTERM);
	rig_signal(r, SIGCONT);
	for (int i = 0; i < 40; i++) {
		expect_text(fd[i], i % 20);
		cr_assert(rig_expect_end(fd[i]));
	}
	cr_assert_eq(rig_wait(r), 0);
}

Test(web_drain, a_drain_does_not_wait_for_those_who_only_stay)
{
	struct rig *r = site(NULL, NULL);
	int fd[50];
	int64_t start;

	for (int i = 0; i < 50; i++) {
		fd[i] = rig_open(r, "http");
		ask_text(fd[i], i % 20);
		expect_text(fd[i], i % 20);
	}
	start = clock_ms();
	rig_signal(r, SIGTERM);
	for (int i = 0; i < 50; i++)
		cr_assert(rig_expect_end(fd[i]));
	cr_assert_leq(clock_ms() - start, AT_ONCE);
	for (int i = 0; i < 50; i++)
		close(fd[i]);
	cr_assert_eq(rig_wait(r), 0);
	cr_assert_leq(clock_ms() - start, 2 * AT_ONCE);
}

/* Is the request for this text in a log? */
static bool
tells(struct buf *log, int n)
{
	char line[32];

	snprintf(line, sizeof(line), "GET /f%d.txt ", n);
	return strstr(buf_str(log), line) != NULL;
}

Test(web_drain, usr1_moves_to_a_new_log_and_no_line_is_lost)
{
	const char *place = rig_place();
	char log[256], old[256];
	struct rig *r;
	struct buf b;
	int kept;

	buf_init(&b, 1 << 20);
	snprintf(log, sizeof(log), "%s/log", place);
	snprintf(old, sizeof(old), "%s/old", place);
	r = site("--access-log", log);
	kept = rig_open(r, "http");
	ask_text(kept, 1);
	expect_text(kept, 1);
	cr_assert(rig_reads(log, "GET /f1.txt "));
	cr_assert_eq(rename(log, old), 0);
	rig_signal(r, SIGUSR1);
	cr_assert(rig_hear(r, "reopened"));
	for (int i = 2; i < 12; i++) {
		int fd = rig_open(r, "http");

		ask_text(fd, i);
		expect_text(fd, i);
		close(fd);
	}
	ask_text(kept, 12);
	expect_text(kept, 12);
	close(kept);
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(rig_slurp(log, &b), 0);
	for (int i = 2; i < 12; i++)
		cr_assert(tells(&b, i), "%d", i);
	cr_assert(!tells(&b, 1));
	cr_assert(tells(&b, 12)); /* who was inside, too */
	cr_assert_eq(rig_slurp(old, &b), 0);
	cr_assert(tells(&b, 1));
	buf_free(&b);
}

/* Better lines in the old file than none. */
Test(web_drain, a_log_that_cannot_be_reopened_goes_on)
{
	const char *place = rig_place();
	char log[256], old[256], gone[256];
	struct rig *r;
	struct buf b;
	int fd;

	snprintf(log, sizeof(log), "%s/logs/log", place);
	snprintf(old, sizeof(old), "%s/old/log", place);
	snprintf(gone, sizeof(gone), "%s/logs", place);
	rig_file(place, "logs/log", "");
	r = site("--access-log", log);
	cr_assert_eq(rename(gone, rig_in(place, "old")), 0);
	rig_signal(r, SIGUSR1);
	cr_assert(rig_hear(r, "access log: cannot reopen: No such file"));
	fd = rig_open(r, "http");
	ask_text(fd, 3);
	expect_text(fd, 3);
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
	buf_init(&b, 1 << 20);
	cr_assert_eq(rig_slurp(old, &b), 0);
	cr_assert_not_null(strstr(buf_str(&b), "GET /f3.txt "));
	buf_free(&b);
}

Test(web_drain, serves_the_connection_that_inetd_gives)
{
	make_site();
	for (int tcp = 0; tcp < 2; tcp++) {
		struct rig *r;
		int ends[2];

		(tcp ? rig_tcp_pair : rig_pair)(ends);
		r = rig_serve(RIG("berth-httpd", dir), ends[1]);
		ask_text(ends[0], 1);
		ask_text(ends[0], 2);
		expect_text(ends[0], 1);
		expect_text(ends[0], 2);
		cr_assert(rig_send(ends[0], GET("/large")));
		expect_large(ends[0]);
		rig_half_close(ends[0]);
		cr_assert(rig_expect_end(ends[0]));
		cr_assert_eq(rig_wait(r), 0);
		cr_assert_str_eq(rig_out(r), "");
	}
}
