/*
 * house_web.c - the house while it serves the web: crowds, drains with replies
 * on their way, logs, and clients that are slow or rude.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/clock.h"

#define CROWD     200
#define LARGE     (6 * 1024 * 1024)
#define AT_ONCE   rig_slower_ms(1500) /* "at once" on a loaded machine */
#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

static char *dir;

static void
make_site(void)
{
	char name[32], text[32];

	dir = (char *)rig_place();
	rig_file_pattern(dir, "large", LARGE);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "f%d.txt", i);
		snprintf(text, sizeof(text), "this is %d", i);
		rig_file(dir, name, text);
	}
}

static struct rig *
site(const char *option, const char *value)
{
	make_site();
	return rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir, option,
	    option != NULL ? value : NULL));
}

static void
expect_text(int fd, int i)
{
	struct rig_reply reply;
	char text[32];

	snprintf(text, sizeof(text), "this is %d", i);
	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, 200);
	cr_assert(slice_is(reply.body, text));
	rig_reply_free(&reply);
}

static void
ask_text(int fd, int i)
{
	char request[96];

	snprintf(request, sizeof(request),
	    "GET /f%d.txt HTTP/1.1\r\nHost: localhost\r\n\r\n", i);
	cr_assert(rig_send(fd, request));
}

static void
expect_large(int fd)
{
	struct rig_reply reply;

	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, 200);
	cr_assert_eq(reply.body.n, LARGE);
	for (size_t i = 0; i < LARGE; i++)
		if (reply.body.p[i] != rig_pattern(i))
			cr_assert_fail("byte %zu is wrong", i);
	rig_reply_free(&reply);
}

Test(house_web, two_hundred_clients_each_get_what_they_asked_for)
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

Test(house_web, a_drain_waits_for_large_replies_to_slow_readers)
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

Test(house_web, a_drain_lets_a_begun_request_finish)
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

Test(house_web, a_drain_answers_what_waits_in_sockets_and_backlog)
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

Test(house_web, a_drain_does_not_wait_for_those_who_only_stay)
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

Test(house_web, usr1_moves_to_a_new_log_and_no_line_is_lost)
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
	for (int i = 2; i < 12; i++) {
		char line[32];

		snprintf(line, sizeof(line), "GET /f%d.txt ", i);
		cr_assert_not_null(strstr(buf_str(&b), line), "%s", line);
	}
	cr_assert_null(strstr(buf_str(&b), "GET /f1.txt "));
	/* Who was inside may write to either, but writes. */
	cr_assert_eq(rig_slurp(old, &b), 0);
	cr_assert_not_null(strstr(buf_str(&b), "GET /f1.txt "));
	cr_assert_not_null(strstr(buf_str(&b), "GET /f12.txt "));
	buf_free(&b);
}

Test(house_web, serves_the_connection_that_inetd_gives)
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

Test(house_web, silence_is_ended_without_a_word)
{
	struct rig *r = site("--timeout", "1");
	int silent = rig_open(r, "http"), kept = rig_open(r, "http");
	int64_t start = clock_ms();

	ask_text(kept, 5);
	expect_text(kept, 5);
	cr_assert(rig_expect_end(silent));
	cr_assert(rig_expect_end(kept));
	cr_assert_geq(clock_ms() - start, 900);
	cr_assert_leq(clock_ms() - start, 2000 + AT_ONCE);
}

Test(house_web, a_head_that_trickles_meets_its_deadline)
{
	struct rig *r = site("--timeout", "1");
	const char *where = rig_address(r, "http");
	struct rig_reply reply;
	int64_t start = clock_ms();
	int slow[20], fd;

	for (int i = 0; i < 20; i++) {
		slow[i] = rig_connect(where);
		cr_assert(rig_send(slow[i], "GET / HTTP/1.1\r\nX: "));
	}
	/* A byte now and then does not move it, and others are served. */
	for (int turn = 0; turn < 40; turn++) {
		for (int i = 0; i < 20; i++)
			send(slow[i], "x", 1, MSG_NOSIGNAL);
		fd = rig_connect(where);
		ask_text(fd, turn % 20);
		expect_text(fd, turn % 20);
		close(fd);
		rig_pause_ms(30);
	}
	for (int i = 0; i < 20; i++) {
		cr_assert(rig_reply(slow[i], &reply, false));
		cr_assert_eq(reply.status, 408);
		rig_reply_free(&reply);
	}
	cr_assert(rig_hear_times(r, "\"GET / HTTP/1.1\" 408 ", 20));
	cr_assert_leq(clock_ms() - start, 4000 + 2 * AT_ONCE);
}

Test(house_web, who_takes_nothing_is_given_up_however_much_is_left)
{
	struct rig *r = site("--timeout", "1");
	const char *big = rig_in(dir, "big");
	pid_t child[64];
	int fd, slow;
	size_t n;

	/* A gigabyte that takes no room: a day and more at 4 KiB/s. */
	cr_assert_eq(close(open(big, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)), 0);
	cr_assert_eq(truncate(big, 1 << 30), 0);
	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	fd = rig_connect_narrow(rig_address(r, "http"));
	slow = rig_connect_narrow(rig_address(r, "http"));
	cr_assert(rig_send(fd, GET("/big")));
	cr_assert(rig_send(slow, GET("/big")));
	cr_assert(rig_children_become(rig_pid(r), 6, 6));
	n = rig_children(rig_pid(r), child, 64);
	cr_assert_eq(n, 6);
	/* One stands still and goes; the other one keeps the pace. */
	for (int i = 0; i < 400; i++) {
		char some[2048];

		cr_assert_gt(rig_receive(slow, some, sizeof(some)), 0);
		rig_pause_ms(20);
		n = rig_children(rig_pid(r), child, 64);
		if (n == 5)
			break;
	}
	cr_assert_eq(n, 5);
	for (int i = 0; i < 20; i++) {
		char some[2048];

		cr_assert_gt(rig_receive(slow, some, sizeof(some)), 0);
	}
	close(fd);
	close(slow);
}

Test(house_web, resets_in_the_middle_of_replies)
{
	struct rig *r = site(NULL, NULL);
	const char *where = rig_address(r, "http");
	int fd;

	for (int i = 0; i < 60; i++) {
		char some[1000];

		fd = rig_connect(where);
		cr_assert(rig_send(fd, GET("/large")));
		if (i % 2)
			cr_assert_gt(rig_receive(fd, some, sizeof(some)), 0);
		rig_reset(fd);
	}
	fd = rig_connect(where);
	ask_text(fd, 7);
	expect_text(fd, 7);
	close(fd);
	cr_assert(rig_children_become(rig_pid(r), 4, 16));
	cr_assert_eq(rig_count(r, "crash"), 0);
	cr_assert_eq(rig_stop(r), 0);
}

Test(house_web, what_follows_an_answered_fault_does_not_eat_the_answer)
{
	struct rig *r = site(NULL, NULL);
	char *noise = malloc(100000);
	struct rig_reply reply;

	memset(noise, 'n', 100000);
	for (int i = 0; i < 20; i++) {
		int fd = rig_open(r, "http");

		cr_assert(rig_send(fd, "BAD\r\n\r\n"));
		/* May fail when the server has closed: that is the point. */
		send(fd, noise, 100000, MSG_NOSIGNAL | MSG_DONTWAIT);
		cr_assert(rig_reply(fd, &reply, false));
		cr_assert_eq(reply.status, 400);
		rig_reply_free(&reply);
		cr_assert(rig_expect_end(fd));
		close(fd);
	}
	free(noise);
}
