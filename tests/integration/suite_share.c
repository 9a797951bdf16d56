/*
 * suite_share.c - a site and a mail catcher under one master, and a pool that
 * is too small for all who come: neither takes the other's places.
 *
 * Eight children, of which two are the site's own and two are mail's.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

#define MOST   8
#define COMMON 6 /* all but what the other part has for itself */
#define GET    "GET /f HTTP/1.1\r\nHost: localhost\r\n"

static struct rig *
start(const char *option, const char *value)
{
	const char *dir = rig_place();

	rig_file(dir, "f", "content");
	return rig_start(RIG("berth", "--http", "127.0.0.1:0", "--smtp",
	    "127.0.0.1:0", "--inbox", "off", "--max-children", "8",
	    "--min-idle", "1", "--max-idle", "1", "--mail",
	    rig_in(rig_place(), "mail"), option, value, dir));
}

static struct rig *
start_evenly(void)
{
	return start("--timeout", "60");
}

static void
expect_status(int fd, int status)
{
	struct rig_reply reply;

	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, status);
	rig_reply_free(&reply);
}

/* In the middle of a request: it cannot be asked to go. */
static int
ask_half(struct rig *r)
{
	int fd = rig_open(r, "http");

	cr_assert(rig_send(fd, GET));
	return fd;
}

/* Idle, but with a conversation that must not be cut. */
static int
begin_mail(struct rig *r)
{
	int fd = rig_open(r, "smtp");

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO a.example", "250"));
	return fd;
}

/* Seven clients who keep their connections, a mail session, and more mail. */
Test(suite_share, kept_connections_of_the_site_do_not_touch_mail)
{
	struct rig *r = start_evenly();
	int mail = begin_mail(r), web[MOST - 1];

	for (int i = 0; i < MOST - 1; i++) {
		web[i] = rig_open(r, "http");
		cr_assert(rig_send(web[i], GET "\r\n"));
		expect_status(web[i], 200);
	}
	cr_assert(rig_smtp(mail, "NOOP", "250"));
	/* Those who only keep a connection go, down to what is the site's. */
	for (int i = 1; i < COMMON; i++)
		cr_assert(rig_smtp(begin_mail(r), "NOOP", "250"), "mail %d", i);
	cr_assert(rig_smtp(mail, "QUIT", "221"));
}

Test(suite_share, a_busy_site_leaves_mail_its_part)
{
	struct rig *r = start_evenly();
	int web[COMMON], out, mail, more;

	for (int i = 0; i < COMMON; i++)
		web[i] = ask_half(r);
	out = ask_half(r);
	cr_assert(rig_send(out, "\r\n"));
	/* While that one waits for room, mail does not. */
	mail = begin_mail(r);
	more = begin_mail(r);
	expect_status(out, 503);
	cr_assert(rig_smtp(mail, "NOOP", "250"));
	cr_assert(rig_smtp(more, "NOOP", "250"));
	for (int i = 0; i < COMMON; i++) {
		cr_assert(rig_send(web[i], "\r\n"));
		expect_status(web[i], 200);
	}
}

Test(suite_share, mail_that_sits_there_leaves_the_site_its_part)
{
	struct rig *r = start_evenly();
	int mail[COMMON], out, web;

	for (int i = 0; i < COMMON; i++)
		mail[i] = begin_mail(r);
	out = rig_open(r, "smtp");
	web = rig_open(r, "http");
	cr_assert(rig_send(web, GET "\r\n"));
	expect_status(web, 200);
	cr_assert(rig_smtp_expect(out, "421"));
	for (int i = 0; i < COMMON; i++)
		cr_assert(rig_smtp(mail[i], "NOOP", "250"));
}

/* Was it served?  Not, where the machine took longer than a client waits. */
static bool
is_served_when_one_ends(void)
{
	struct rig *r = start_evenly();
	struct rig_reply reply;
	int web[COMMON], next;

	for (int i = 0; i < COMMON; i++)
		web[i] = ask_half(r);
	next = ask_half(r);
	cr_assert(rig_send(next, "Connection: close\r\n\r\n"));
	cr_assert(rig_expect_silence(next, 50));
	cr_assert(rig_send(web[0], "Connection: close\r\n\r\n"));
	expect_status(web[0], 200);
	cr_assert(rig_reply(next, &reply, false));
	cr_assert(reply.status == 200 || reply.status == 503);
	rig_kill_all(r);
	return reply.status == 200;
}

/* What a client waits for is a child of its own service's end. */
Test(suite_share, whoever_waits_is_served_when_one_of_his_kind_ends)
{
	bool served = false;

	for (int tries = 0; !served && tries < 5; tries++)
		served = is_served_when_one_ends();
	cr_assert(served);
}

Test(suite_share, a_reserve_can_be_asked_for)
{
	struct rig *r = start("--smtp-reserve", "7");
	int web = ask_half(r), out = ask_half(r);

	cr_assert(rig_send(out, "\r\n"));
	expect_status(out, 503);
	for (int i = 0; i < MOST - 1; i++)
		begin_mail(r);
	cr_assert(rig_send(web, "\r\n"));
	expect_status(web, 200);
}

Test(suite_share, a_reserve_that_cannot_be_is_refused)
{
	struct rig *r = rig_run(RIG("berth", "--inbox", "off", "--http",
	    "127.0.0.1:0", "--smtp", "127.0.0.1:0", "--max-children", "8",
	    "--http-reserve", "4", "--smtp-reserve", "5", rig_place()));

	cr_expect_eq(rig_wait(r), 64);
	cr_expect_not_null(strstr(rig_err(r), "--smtp-reserve 5"));
}
