/*
 * web_slow.c - clients of the web that are slow, silent or rude, each held
 * by a deadline, and others served meanwhile.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web_site.h"
#include "rig/rig.h"
#include "system/clock.h"

Test(web_drain, silence_is_ended_without_a_word)
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

Test(web_drain, a_head_that_trickles_meets_its_deadline)
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

Test(web_drain, who_takes_nothing_is_given_up_however_much_is_left)
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
	n = 6;
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

/* Far less than a modem, but something in each period. */
Test(web_drain, a_download_lives_as_long_as_something_is_taken)
{
	struct rig *r = site("--timeout", "1");
	int64_t until;
	int fd = rig_connect_narrow(rig_address(r, "http"));

	cr_assert(rig_send(fd, GET("/large")));
	until = clock_ms() + 12000;
	while (clock_ms() < until) {
		char some[100];

		cr_assert_gt(rig_receive(fd, some, sizeof(some)), 0);
		rig_pause_ms(100);
	}
	cr_expect(rig_count(r, "GET /large") == 0, "%s", rig_err(r));
	close(fd);
}

Test(web_drain, resets_in_the_middle_of_replies)
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

Test(web_drain, what_follows_an_answered_fault_does_not_eat_the_answer)
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
