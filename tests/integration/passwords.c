/*
 * passwords.c - wrong passwords, over HTTP and SMTP alike: the third ends the
 * connection, each counts to what is thought of the client's address; and
 * files of users that could let nobody in stop the start.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

#define MANY 40 /* more connections than are borne with */
#define GET  "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "

#define RIGHT     "YW5uOnNlY3JldA==" /* ann:secret */
#define WRONG     "YW5uOndyb25n"     /* ann:wrong */
#define STRANGER  "Ym9iOnNlY3JldA==" /* bob:secret */
#define AUTH      "AUTH PLAIN "
#define AUTH_IN   AUTH "AGFubgBzZWNyZXQ="
#define AUTH_OUT  AUTH "AGFubgB3cm9uZw=="
#define AUTH_NONE AUTH "AGJvYgBzZWNyZXQ="

static const char *
users(void)
{
	const char *dir = rig_place();

	rig_file(dir, "users", "ann:{PLAIN}secret\n");
	return rig_in(dir, "users");
}

static struct rig *
site(const char *option, const char *value)
{
	return rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--auth",
	    users(), option, value, rig_place()));
}

static struct rig *
mail(const char *option, const char *value)
{
	return rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", "--auth",
	    users(), option, value, rig_in(rig_place(), "mail")));
}

/* Ask as somebody, and return the status. */
static int
ask_as(int fd, const char *whom)
{
	struct rig_reply reply;
	char request[200];
	int status;

	snprintf(request, sizeof(request), GET "%s\r\n\r\n", whom);
	if (!rig_send(fd, request) || !rig_reply(fd, &reply, false))
		return 0;
	status = reply.status;
	rig_reply_free(&reply);
	return status;
}

Test(passwords, the_third_wrong_one_ends_a_connection_to_the_site)
{
	struct rig *r = site("--grace", "5");
	int fd = rig_open(r, "http");

	/* What was right before does not make up for it. */
	cr_expect_eq(ask_as(fd, WRONG), 401);
	cr_expect_eq(ask_as(fd, RIGHT), 200);
	cr_expect_eq(ask_as(fd, STRANGER), 401);
	cr_expect_eq(ask_as(fd, WRONG), 401);
	cr_expect(rig_expect_end(fd));
	close(fd);
	/* No password is no wrong one: browsers begin so. */
	fd = rig_open(r, "http");
	for (int i = 0; i < 5; i++) {
		struct rig_reply reply;

		cr_assert(rig_get_on(fd, "/", &reply));
		cr_expect_eq(reply.status, 401);
		rig_reply_free(&reply);
	}
	cr_expect_eq(ask_as(fd, RIGHT), 200);
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
}

Test(passwords, the_third_wrong_one_ends_a_mail_session)
{
	struct rig *r = mail("--grace", "5");
	int fd = rig_open(r, "smtp");

	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	cr_expect(rig_smtp(fd, AUTH_OUT, "535"));
	cr_expect(rig_smtp(fd, AUTH_NONE, "535"));
	cr_expect(rig_smtp(fd, AUTH_OUT, "421"));
	cr_expect(rig_expect_end(fd));
	close(fd);
	fd = rig_open(r, "smtp");
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	cr_expect(rig_smtp(fd, AUTH_OUT, "535"));
	cr_expect(rig_smtp(fd, AUTH_OUT, "535"));
	cr_expect(rig_smtp(fd, AUTH_IN, "235"));
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
}

/*
 * One wrong password on each of many connections: soon nobody from there comes
 * in.  Returns how many were borne with.
 */
static int
guess_at_the_site(struct rig *r)
{
	for (int i = 0; i < MANY; i++) {
		int fd = rig_open(r, "http"), status = ask_as(fd, WRONG);

		cr_assert(status == 401 || status == 503, "%d", status);
		close(fd);
		if (status == 503)
			return i;
	}
	return MANY;
}

static int
guess_at_mail(struct rig *r)
{
	for (int i = 0; i < MANY; i++) {
		int fd = rig_open(r, "smtp"), code = rig_smtp_reply(fd, NULL);

		cr_assert(code == 220 || code == 421, "%d", code);
		if (code == 220) {
			cr_assert(rig_smtp(fd, "EHLO x", "250"));
			cr_assert(rig_smtp(fd, AUTH_OUT, "535"));
			cr_assert(rig_smtp(fd, "QUIT", "221"));
			cr_assert(rig_expect_end(fd));
		}
		close(fd);
		if (code == 421)
			return i;
	}
	return MANY;
}

/* --per-client, so that the rules hold for this machine, too. */
Test(passwords, who_guesses_stays_outside_for_a_while)
{
	struct rig *r = site("--per-client", "1000");
	int borne = guess_at_the_site(r);

	cr_expect(borne >= 6 && borne < MANY, "%d", borne);
	rig_kill_all(r);
	r = mail("--per-client", "1000");
	borne = guess_at_mail(r);
	cr_expect(borne >= 6 && borne < MANY, "%d", borne);
}

/* A child that lives on could not say it: so it ends. */
Test(passwords, who_guesses_stays_outside_with_reuse_too)
{
	const char *dir = rig_place();
	struct rig *r =
	    rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", "--auth", users(),
		"--per-client", "1000", "--reuse", "0", rig_in(dir, "mail")));
	int borne = guess_at_mail(r);

	cr_expect(borne >= 6 && borne < MANY, "%d", borne);
}

Test(passwords, a_file_that_lets_nobody_in_stops_the_start)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", "users:1: no line USER:HASH" },
		{ "a:{PLAIN}b\nann:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n",
		    "users:2: not a hash" },
		{ "ann:{PLAIN}secret\r\n", "users:1: the line ends with CR" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *dir = rig_place(), *file = rig_in(dir, "users");
		struct rig *r;

		rig_file(dir, "users", rows[i].text);
		r = rig_run(RIG(
		    "berth-httpd", "-l", "127.0.0.1:0", "--auth", file, dir));
		cr_expect_eq(rig_wait(r), 78, "row %zu", i);
		cr_expect_eq(rig_count(r, rows[i].says), 1, "row %zu", i);
		r = rig_run(RIG("berth-smtpd", "-l", "127.0.0.1:0", "--auth",
		    file, rig_in(dir, "mail")));
		cr_expect_eq(rig_wait(r), 78, "row %zu", i);
		cr_expect_eq(rig_count(r, rows[i].says), 1, "row %zu", i);
	}
}
