/*
 * overload.c - a server that is full: clients are told, wholly and without a reset,
 * and those inside are not disturbed.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

#define FEW     2
#define FEW_S   "2"
#define CROWD   150 /* more than the master sees off at a time */
#define TRIES   5
#define GET     "GET /f HTTP/1.1\r\nHost: localhost\r\n"
#define CLOSING "Connection: close\r\n\r\n"

static struct rig *
small_server(void)
{
	const char *dir = rig_place();

	rig_file(dir, "f", "content");
	return rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--max-children", FEW_S,
		"--min-idle", FEW_S, "--max-idle", FEW_S, dir));
}

/*
 * Clients in the middle of a request: nobody can ask them to leave.
 */
static void
occupy(struct rig *r, int fd[FEW])
{
	for (int i = 0; i < FEW; i++) {
		fd[i] = rig_open(r, "http");
		cr_assert(rig_send(fd[i], GET));
	}
}

static void
expect_page(int fd)
{
	struct rig_reply reply;

	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, 200);
	cr_assert(slice_is(reply.body, "content"));
	rig_reply_free(&reply);
}

static void
expect_refusal(int fd)
{
	struct rig_reply reply;

	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, 503);
	cr_assert_not_null(rig_header(&reply, "Retry-After").p);
	cr_assert(slice_iis(rig_header(&reply, "Connection"), "close"));
	cr_assert(rig_expect_end(fd));
	rig_reply_free(&reply);
}

Test(overload, whoever_finds_no_room_is_told_and_those_inside_go_on)
{
	struct rig *r = small_server();
	int in[FEW], out;

	occupy(r, in);
	out = rig_open(r, "http");
	cr_assert(rig_send(out, GET CLOSING));
	expect_refusal(out);
	close(out);
	for (int i = 0; i < FEW; i++) {
		cr_assert(rig_send(in[i], CLOSING));
		expect_page(in[i]);
		cr_assert(rig_expect_end(in[i]));
		close(in[i]);
	}
	out = rig_open(r, "http");
	cr_assert(rig_send(out, GET CLOSING));
	expect_page(out);
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * One client is told that the server is full, and the next one waits until the
 * place of *in is free; another one takes that.  Was it free in time?  On a busy
 * machine it may not be.
 */
static bool
waits_for_a_place(struct rig *r, int *in)
{
	struct rig_reply reply;
	int out = rig_open(r, "http"), next;
	bool served;

	cr_assert(rig_send(out, GET CLOSING));
	expect_refusal(out);
	close(out);
	next = rig_open(r, "http");
	cr_assert(rig_send(next, GET CLOSING));
	cr_assert(rig_expect_silence(next, 50));
	cr_assert(rig_send(*in, CLOSING));
	expect_page(*in);
	close(*in);
	cr_assert(rig_reply(next, &reply, false));
	served = reply.status == 200;
	cr_assert(served || reply.status == 503);
	rig_reply_free(&reply);
	close(next);
	*in = rig_open(r, "http");
	cr_assert(rig_send(*in, GET));
	return served;
}

/*
 * However long the server has been full, and whoever was told so before.
 */
Test(overload, each_client_has_a_wait_of_its_own)
{
	struct rig *r = small_server();
	int in[FEW];

	occupy(r, in);
	for (int i = 0; i < FEW; i++) {
		bool served = false;

		for (int tries = 0; !served && tries < TRIES; tries++)
			served = waits_for_a_place(r, &in[i]);
		cr_assert(served);
	}
	for (int i = 0; i < FEW; i++)
		close(in[i]);
	cr_assert_eq(rig_stop(r), 0);
}

Test(overload, a_client_that_half_closes_reads_it_too)
{
	struct rig *r = small_server();
	int in[FEW], out;

	occupy(r, in);
	for (int i = 0; i < 3; i++) {
		out = rig_open(r, "http");
		cr_assert(rig_send(out, GET CLOSING));
		rig_half_close(out);
		/* Long enough that the master is done with it. */
		rig_pause_ms(i == 0 ? 700 : 100);
		expect_refusal(out);
		close(out);
	}
}

Test(overload, a_crowd_is_told_one_and_all)
{
	struct rig *r = small_server();
	const char *where = rig_address(r, "http");
	int in[FEW], out[CROWD];

	occupy(r, in);
	for (int i = 0; i < CROWD; i++) {
		out[i] = rig_connect(where);
		cr_assert_geq(out[i], 0);
		cr_assert(rig_send(out[i], GET CLOSING));
	}
	for (int i = 0; i < CROWD; i++) {
		expect_refusal(out[i]);
		close(out[i]);
	}
	for (int i = 0; i < FEW; i++) {
		cr_assert(rig_send(in[i], "\r\n"));
		expect_page(in[i]);
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(overload, who_only_keeps_a_connection_makes_room)
{
	struct rig *r = small_server();
	const char *where = rig_address(r, "http");
	int fd[FEW + 8];

	/* Each of them has had its page and just stays. */
	for (int i = 0; i < FEW + 8; i++) {
		fd[i] = rig_connect(where);
		cr_assert(rig_send(fd[i], GET "\r\n"));
		expect_page(fd[i]);
	}
	for (int i = 0; i < 8; i++)
		cr_assert(rig_expect_end(fd[i]));
	cr_assert_eq(rig_stop(r), 0);
}

/* Both are accepted within one millisecond. */
Test(overload, of_two_who_came_together_the_first_one_makes_room)
{
	struct rig *r = small_server();
	const char *where = rig_address(r, "http");
	int fd[FEW + 1];

	rig_signal(r, SIGSTOP);
	for (int i = 0; i < FEW; i++) {
		fd[i] = rig_connect(where);
		cr_assert(rig_send(fd[i], GET "\r\n"));
	}
	rig_signal(r, SIGCONT);
	for (int i = 0; i < FEW; i++)
		expect_page(fd[i]);
	fd[FEW] = rig_connect(where);
	cr_assert(rig_send(fd[FEW], GET "\r\n"));
	expect_page(fd[FEW]);
	cr_assert(rig_expect_end(fd[0]));
	for (int i = 1; i <= FEW; i++) {
		cr_assert(rig_send(fd[i], GET "\r\n"));
		expect_page(fd[i]);
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(overload, a_short_rush_waits_and_is_served)
{
	struct rig *r = small_server();
	const char *where = rig_address(r, "http");
	int fd[40];

	rig_signal(r, SIGSTOP);
	for (int i = 0; i < 40; i++) {
		fd[i] = rig_connect(where);
		cr_assert(rig_send(fd[i], GET CLOSING));
	}
	rig_signal(r, SIGCONT);
	for (int i = 0; i < 40; i++) {
		expect_page(fd[i]);
		cr_assert(rig_expect_end(fd[i]));
		close(fd[i]);
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(overload, one_address_may_not_take_it_all)
{
	const char *dir = rig_place();
	struct rig *r;
	int in[3], out;

	rig_file(dir, "f", "content");
	r = rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--per-client", "3", dir));
	for (int i = 0; i < 3; i++) {
		in[i] = rig_open(r, "http");
		cr_assert(rig_send(in[i], GET "\r\n"));
		expect_page(in[i]);
	}
	out = rig_open(r, "http");
	cr_assert(rig_send(out, GET CLOSING));
	expect_refusal(out);
	close(out);
	/* When one of them leaves, it may come again. */
	rig_half_close(in[0]);
	cr_assert(rig_expect_end(in[0]));
	for (int i = 0, status = 503; status == 503 && i < 500; i++) {
		struct rig_reply reply;

		cr_assert(rig_get(rig_address(r, "http"), "/f", &reply));
		status = reply.status;
		cr_assert(status == 200 || status == 503);
		cr_assert(status == 200 || i < 499);
		rig_reply_free(&reply);
		rig_pause_ms(2);
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(overload, mail_is_put_off_with_421)
{
	const char *dir = rig_place();
	struct rig *r;
	int in, out;

	cr_assert_eq(chmod(dir, 0777), 0);
	r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", "--max-children",
	    "1", "--min-idle", "1", "--max-idle", "1", rig_in(dir, "mail")));
	in = rig_open(r, "smtp");
	cr_assert(rig_smtp_expect(in, "220"));
	cr_assert(rig_smtp(in, "EHLO a.example", "250"));
	cr_assert(rig_smtp(in, "MAIL FROM:<a@a.example>", "250"));
	out = rig_open(r, "smtp");
	cr_assert(rig_smtp_expect(out, "421"));
	cr_assert(rig_expect_end(out));
	cr_assert(rig_smtp(in, "QUIT", "221"));
	cr_assert(rig_expect_end(in));
	close(out);
	close(in);
	cr_assert_eq(rig_stop(r), 0);
}
