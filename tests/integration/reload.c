/*
 * reload.c - HUP at the worst moments: with the server full, together
 * with TERM, before a sudden death, among datagrams.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

#define FEW   3
#define FEW_S "3"
#define GET   "GET /f HTTP/1.1\r\nHost: localhost\r\n"

static struct rig *
small_site(void)
{
	const char *dir = rig_place();

	rig_file(dir, "f", "content");
	return rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--max-children", FEW_S,
		"--min-idle", "1", "--max-idle", FEW_S, dir));
}

static void
expect_status(int fd, int status)
{
	struct rig_reply reply;

	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, status);
	rig_reply_free(&reply);
}

static void
reload(struct rig *r, size_t times)
{
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear_times(r, "reloading", times));
}

Test(reload, those_who_were_inside_before_count_against_the_limit)
{
	struct rig *r = small_site();
	int in[FEW], out;

	for (int i = 0; i < FEW; i++) {
		in[i] = rig_open(r, "http");
		cr_assert(rig_send(in[i], GET));
	}
	cr_assert(rig_children_become(rig_pid(r), FEW, FEW));
	for (size_t i = 1; i <= 3; i++) {
		pid_t logger = rig_logger(rig_pid(r));

		reload(r, i);
		cr_assert(rig_logger_changes(rig_pid(r), logger));
		out = rig_open(r, "http");
		cr_assert(rig_send(out, GET "Connection: close\r\n\r\n"));
		expect_status(out, 503);
		cr_assert(rig_expect_end(out));
		close(out);
		cr_assert_eq(rig_children(rig_pid(r), NULL, 0), FEW);
	}
	/* As they leave there is room. */
	for (int i = 0; i < FEW; i++) {
		cr_assert(rig_send(in[i], "Connection: close\r\n\r\n"));
		expect_status(in[i], 200);
		close(in[i]);
	}
	out = rig_open(r, "http");
	cr_assert(rig_send(out, GET "Connection: close\r\n\r\n"));
	expect_status(out, 200);
	cr_assert_eq(rig_stop(r), 0);
}

Test(reload, together_with_term_it_ends)
{
	for (int turn = 0; turn < 30; turn++) {
		struct rig *r =
		    rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
		int fd = rig_open(r, "upper");

		cr_assert(rig_send(fd, "x"));
		cr_assert(rig_expect(fd, "X"));
		rig_signal(r, SIGHUP);
		/* Before, during and after the trial and the exec. */
		rig_pause_ms(turn % 10);
		rig_signal(r, SIGTERM);
		cr_assert(rig_expect_end(fd));
		cr_assert_eq(rig_wait(r), 0);
	}
}

Test(reload, a_master_killed_after_it_takes_the_old_children_along)
{
	for (int turn = 0; turn < 10; turn++) {
		struct rig *r =
		    rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
		pid_t child[64];
		int fd[8];
		size_t n;

		for (int i = 0; i < 8; i++) {
			fd[i] = rig_open(r, "upper");
			cr_assert(rig_send(fd[i], "x"));
			cr_assert(rig_expect(fd[i], "X"));
		}
		reload(r, 1);
		rig_pause_ms(turn);
		n = rig_children(rig_pid(r), child, 64);
		cr_assert_geq(n, 8);
		rig_kill(r);
		cr_assert(rig_all_gone(child, n, rig_patience_ms()));
		for (int i = 0; i < 8; i++)
			close(fd[i]);
	}
}

Test(reload, no_datagram_is_lost_by_it)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
	int fd = rig_open(r, "upper udp:");
	char small[16], large[16];

	for (int i = 0; i < 300; i++) {
		int n = snprintf(small, sizeof(small), "datagram %d", i);

		snprintf(large, sizeof(large), "DATAGRAM %d", i);
		if (i % 30 == 15)
			rig_signal(r, SIGHUP);
		cr_assert(rig_send(fd, small));
		cr_assert(rig_expect_datagram(fd, large, (size_t)n), "%d", i);
	}
	cr_assert_eq(rig_stop(r), 0);
}

struct most_open {
	pid_t pid;
	int n;
};

static bool
has_no_more_open(void *arg)
{
	const struct most_open *most = arg;

	return rig_descriptors(most->pid) <= most->n;
}

Test(reload, the_master_does_not_grow_by_it)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
	struct most_open before = { .pid = rig_pid(r) };
	pid_t logger = rig_logger(rig_pid(r));
	int fd;

	reload(r, 1);
	/* Which looks like a child until it has its name. */
	cr_assert(rig_logger_changes(rig_pid(r), logger));
	fd = rig_open(r, "upper");
	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	cr_assert(rig_children_become(rig_pid(r), 5, 5));
	before.n = rig_descriptors(rig_pid(r));
	for (size_t i = 2; i <= 12; i++)
		reload(r, i);
	cr_assert(rig_send(fd, "y"));
	cr_assert(rig_expect(fd, "Y"));
	close(fd);
	fd = rig_open(r, "upper");
	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	cr_assert(rig_children_become(rig_pid(r), 5, 5));
	cr_assert(rig_until("the master has no more descriptors than before",
	    has_no_more_open, &before));
	cr_assert_eq(rig_stop(r), 0);
}
