/*
 * suite.c - tests of berth, the whole suite under one master.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/http.h"
#include "rig/rig.h"
#include "rig/smtp.h"

static const char *
make_site(void)
{
	const char *dir = rig_place();

	rig_file(dir, "index.html", "<p>the site");
	return dir;
}

Test(suite, serves_a_site_and_catches_mail)
{
	const char *dir = make_site(), *mail = rig_in(rig_place(), "mail");
	struct rig *r = rig_start(RIG("berth", "--inbox", "off", "--http",
	    "127.0.0.1:0", "--smtp", "127.0.0.1:0", "--mail", mail, dir));
	struct rig_reply reply;
	int fd;

	cr_assert(rig_get(rig_address(r, "http"), "/", &reply));
	cr_expect_eq(reply.status, 200);
	cr_expect(slice_is(reply.body, "<p>the site"));
	fd = rig_open(r, "smtp");
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_assert(rig_send(fd, "HELO x\r\n"));
	cr_expect(rig_smtp_expect(fd, "250"));
	cr_assert(rig_send(fd, "QUIT\r\n"));
	cr_expect(rig_smtp_expect(fd, "221"));
	close(fd);
	cr_expect(rig_hear(r, "open http://127.0.0.1:"));
	cr_expect_eq(rig_stop(r), 0);
}

Test(suite, a_part_can_be_switched_off)
{
	struct rig *r = rig_start(RIG("berth", "--http", "127.0.0.1:0",
	    "--smtp", "off", "--inbox", "off", make_site()));
	struct rig_reply reply;

	cr_assert(rig_get(rig_address(r, "http"), "/", &reply));
	cr_expect_eq(reply.status, 200);
	cr_expect_null(strstr(rig_out(r), "ready smtp"));
	cr_expect_eq(rig_stop(r), 0);
}

Test(suite, all_parts_off_is_a_mistake)
{
	struct rig *r = rig_run(
	    RIG("berth", "--http", "off", "--smtp", "off", "--inbox", "off"));

	cr_expect_eq(rig_wait(r), 64);
	cr_expect_not_null(strstr(rig_err(r), "nothing to listen on"));
	r = rig_run(RIG("berth", "--http", "off", "--http", "8080"));
	cr_expect_eq(rig_wait(r), 64);
	cr_expect_not_null(strstr(rig_err(r), "--http off"));
}

Test(suite, a_site_that_is_not_there_is_said)
{
	struct rig *r = rig_run(RIG("berth", "--http", "127.0.0.1:0", "--smtp",
	    "off", "--inbox", "off", "/nowhere/at/all"));

	cr_expect_eq(rig_wait(r), 78);
	cr_expect_not_null(strstr(rig_err(r), "/nowhere/at/all"));
}

/* Every option of berth-smtpd, by its own name or with its part before it. */
Test(suite, mail_has_its_options)
{
	struct rig *r = rig_start(RIG("berth", "--inbox", "off", "--http",
	    "off", "--smtp", "127.0.0.1:0", "--mail",
	    rig_in(rig_place(), "mail"), "--hostname", "mail.example",
	    "--smtp-max-size", "1000", "--max-recipients", "7", "--durability",
	    "none", "--lmtp", rig_place()));
	int fd = rig_open(r, "smtp");
	struct buf greeting;

	buf_init(&greeting, 1024);
	cr_expect_eq(rig_smtp_reply(fd, &greeting), 220);
	cr_expect(slice_starts(buf_slice(&greeting), "220 mail.example "));
	cr_expect(rig_smtp(fd, "LHLO x", "250"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b> SIZE=1001", "552"));
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
}

static int
status_of(struct rig *r, const char *part, const char *credentials)
{
	struct rig_reply reply;
	char request[200];

	snprintf(request, sizeof(request),
	    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	    "Authorization: Basic %s\r\n\r\n",
	    credentials);
	cr_assert(rig_ask(rig_address(r, part), request, &reply));
	return reply.status;
}

static int
status_as(struct rig *r, const char *credentials)
{
	return status_of(r, "http", credentials);
}

/* Two files of users: who may see the site may not send mail by that. */
Test(suite, the_parts_have_users_of_their_own)
{
	const char *dir = make_site(), *files = rig_place();
	struct rig *r;
	int fd;

	rig_file(files, "site", "reader:{PLAIN}one\n");
	rig_file(files, "mail", "sender:{PLAIN}two\n");
	r = rig_start(RIG("berth", "--inbox", "off", "--http", "127.0.0.1:0",
	    "--smtp", "127.0.0.1:0", "--mail", rig_in(rig_place(), "mail"),
	    "--auth", rig_in(files, "site"), "--smtp-auth",
	    rig_in(files, "mail"), dir));
	cr_expect_eq(status_as(r, "cmVhZGVyOm9uZQ=="), 200);
	cr_expect_eq(status_as(r, "c2VuZGVyOnR3bw=="), 401);
	fd = rig_open(r, "smtp");
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b>", "530"));
	cr_expect(rig_smtp(fd, "AUTH PLAIN AHJlYWRlcgBvbmU=", "535"));
	cr_expect(rig_smtp(fd, "AUTH PLAIN AHNlbmRlcgB0d28=", "235"));
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
}

/* What one process knows of a reader is nothing to the inbox. */
Test(suite, who_was_let_in_by_one_part_is_a_stranger_to_another)
{
	const char *dir = make_site(), *files = rig_place();
	struct rig *r;

	rig_file(files, "site", "reader:{PLAIN}one\n");
	rig_file(files, "inbox", "sender:{PLAIN}two\n");
	r = rig_start(RIG("berth", "--isolation", "reuse", "--min-idle", "1",
	    "--max-idle", "1", "--smtp", "off", "--http", "127.0.0.1:0",
	    "--inbox", "127.0.0.1:0", "--mail", rig_in(rig_place(), "mail"),
	    "--auth", rig_in(files, "site"), "--inbox-auth",
	    rig_in(files, "inbox"), dir));
	for (int i = 0; i < 2; i++) {
		cr_expect_eq(status_of(r, "http", "cmVhZGVyOm9uZQ=="), 200);
		cr_expect_eq(status_of(r, "inbox", "cmVhZGVyOm9uZQ=="), 401);
		cr_expect_eq(status_of(r, "inbox", "c2VuZGVyOnR3bw=="), 200);
		cr_expect_eq(status_of(r, "http", "c2VuZGVyOnR3bw=="), 401);
	}
	cr_expect_eq(rig_stop(r), 0);
}

/* --auth alone is the site's, and mail is caught from everybody. */
Test(suite, a_plain_name_is_the_first_parts)
{
	const char *files = rig_place();
	struct rig *r;
	int fd;

	rig_file(files, "site", "reader:{PLAIN}one\n");
	r = rig_start(RIG("berth", "--inbox", "off", "--http", "127.0.0.1:0",
	    "--smtp", "127.0.0.1:0", "--mail", rig_in(rig_place(), "mail"),
	    "--http-auth", rig_in(files, "site"), make_site()));
	cr_expect_eq(status_as(r, "cmVhZGVyOm9uZQ=="), 200);
	cr_expect_eq(status_as(r, "cmVhZGVyOnR3bw=="), 401);
	fd = rig_open(r, "smtp");
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
}
