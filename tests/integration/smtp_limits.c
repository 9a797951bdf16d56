/*
 * smtp_limits.c - rows of the table that want more than a few lines: many
 * recipients, long lines, clients that vanish, a full server, no master at all.
 */
#include <sys/stat.h>

#include "smtp_talk.h"
#include "system/clock.h"

static int
begin(struct rig *r)
{
	int fd = rig_open(r, "smtp");

	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<>", "250"));
	return fd;
}

/* Row "RCPT overflow": 1000 are taken, the next is 452, and they are kept. */
Test(smtp_limits, a_thousand_recipients)
{
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r =
	    rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
	int fd = begin(r);
	char line[100];
	struct mail_trace t;
	struct buf b;

	for (int i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "RCPT TO:<user%d@x.example>", i);
		cr_assert(rig_smtp(fd, line, "250"));
	}
	cr_expect(rig_smtp(fd, "RCPT TO:<one@more>", "452"));
	cr_expect(rig_smtp(fd, "DATA", "354"));
	cr_expect(rig_smtp(fd, "hi\r\n.", "250"));
	cr_expect_eq(rig_stop(r), 0);
	buf_init(&b, RIG_BUF_MAX);
	cr_assert_eq(talk_slurp(rig_in(mail, "new"), &b), 1);
	cr_assert_gt(mail_trace_read(buf_slice(&b), &t), 0);
	cr_expect_eq(t.rcpt_count, 1000);
	cr_expect_eq(t.from.n, 0, "row \"Return-Path:\", the null path");
	buf_free(&b);
}

/* Rows "text line > 1000" and "AUTH too long". */
Test(smtp_limits, long_lines)
{
	static char line[200000];
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r =
	    rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
	int fd = rig_open(r, "smtp");

	memset(line, 'x', sizeof(line) - 3);
	memcpy(line + sizeof(line) - 3, "\r\n", 3);
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	cr_expect(rig_send(fd, "AUTH PLAIN "));
	cr_expect(rig_send_bytes(fd, line + sizeof(line) - 13003, 13002));
	cr_expect(talk_expect(fd, slice_of("500 5.5.6"), "AUTH too long", 0));
	cr_expect(rig_smtp(fd, "AUTH LOGIN", "334"));
	cr_expect(rig_send_bytes(fd, line, sizeof(line) - 1));
	cr_expect(talk_expect(fd, slice_of("500 5.5.6"), "AUTH too long", 1));
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
	cr_expect(rig_smtp(fd, "RCPT TO:<c@d>", "250"));
	cr_expect(rig_smtp(fd, "DATA", "354"));
	cr_expect(rig_send_bytes(fd, line, sizeof(line) - 1));
	cr_expect(rig_smtp(fd, ".", "250"));
	cr_expect_eq(rig_stop(r), 0);
	talk_folder(
	    mail, (struct slice){ line, sizeof(line) - 1 }, "text line > 1000");
}

static bool
is_stored(void *mail)
{
	struct buf b;
	size_t n;

	buf_init(&b, RIG_BUF_MAX);
	n = talk_slurp(rig_in(mail, "new"), &b);
	buf_free(&b);
	return n == 1;
}

/* Row "vanishes after dot before reading 250": it is stored. */
Test(smtp_limits, vanishes_after_the_dot)
{
	char mail[300]; /* outlives however many looks is_stored() takes */
	struct rig *r;
	int fd;

	snprintf(mail, sizeof(mail), "%s", rig_in(rig_place(), "mail"));
	r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
	fd = begin(r);
	cr_expect(rig_smtp(fd, "RCPT TO:<c@d>", "250"));
	cr_expect(rig_smtp(fd, "DATA", "354"));
	cr_expect(rig_send(fd, "hi\r\n.\r\n"));
	rig_reset(fd);
	cr_expect(rig_within(10000, is_stored, mail));
	cr_expect_eq(rig_stop(r), 0);
	talk_folder(mail, slice_of("hi\r\n"), "vanishes after dot");
}

/* Row "too many connections". */
Test(smtp_limits, a_full_house_says_421)
{
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--max-children", "1", "--min-idle", "1", "--max-idle", "1",
	    rig_in(rig_place(), "mail")));
	int first = rig_open(r, "smtp"), second;

	cr_expect(rig_smtp_expect(first, "220"));
	second = rig_open(r, "smtp");
	cr_expect(talk_expect(
	    second, slice_of("421 4.3.2"), "too many connections", 0));
	cr_expect(rig_expect_end(second));
	cr_expect(rig_smtp(first, "QUIT", "221"));
	cr_expect_eq(rig_stop(r), 0);
}

/* As inetd starts it, over a socket pair: no master, no listener. */
Test(smtp_limits, without_a_master)
{
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r;
	int ends[2];

	rig_pair(ends);
	r = rig_serve(RIG("berth-smtpd", mail), ends[1]);
	cr_expect(rig_smtp_expect(ends[0], "220"));
	cr_expect(rig_smtp(ends[0], "HELO x", "250"));
	cr_expect(rig_smtp(ends[0], "MAIL FROM:<a@b>", "250"));
	cr_expect(rig_smtp(ends[0], "RCPT TO:<c@d>", "250"));
	cr_expect(rig_smtp(ends[0], "DATA", "354"));
	cr_expect(rig_smtp(ends[0], "hi\r\n.", "250"));
	cr_expect(rig_smtp(ends[0], "QUIT", "221"));
	cr_expect(rig_expect_end(ends[0]));
	cr_expect_eq(rig_wait(r), 0);
	talk_folder(mail, slice_of("hi\r\n"), "inetd");
}

/* What the log says: a line for each message, and for none at all. */
Test(smtp_limits, the_access_log)
{
	static const char *const formats[][2] = {
		{ "common", "\"MAIL FROM:<> TO:<\\\"q\\\"@d>\" 250 4\n" },
		{ "combined",
		    "\"MAIL FROM:<> TO:<\\\"q\\\"@d>\" 250 4 \"x\" \"1" },
		{ "json",
		    "\"helo\":\"x\",\"user\":\"\",\"from\":\"\",\"to\":["
		    "\"\\\"q\\\"@d\"],\"recipients\":1,\"code\":250,"
		    "\"bytes\":4,\"id\":\"1" },
	};

	for (size_t i = 0; i < 3; i++) {
		const char *dir = rig_place(), *log = rig_in(dir, "log");
		struct rig *r = rig_start(
		    RIG("berth-smtpd", "-l", "127.0.0.1:0", "--access-log", log,
			"--log-format", formats[i][0], rig_in(dir, "mail")));
		int fd = begin(r), none = rig_open(r, "smtp");
		struct buf b;

		cr_expect(rig_smtp(fd, "RCPT TO:<\"q\"@d>", "250"));
		cr_expect(rig_smtp(fd, "DATA", "354"));
		cr_expect(rig_smtp(fd, "hi\r\n.", "250"));
		cr_expect(rig_smtp(fd, "QUIT", "221"));
		cr_expect(rig_smtp_expect(none, "220"));
		cr_expect(rig_smtp(none, "QUIT", "221"));
		cr_expect_eq(rig_stop(r), 0);
		buf_init(&b, RIG_BUF_MAX);
		cr_assert_eq(rig_slurp(log, &b), 0);
		cr_expect_not_null(
		    strstr(buf_str(&b), formats[i][1]), "%s", buf_str(&b));
		cr_expect_not_null(strstr(
		    buf_str(&b), i == 2 ? "\"code\":221" : "\"-\" 221 0"));
		buf_free(&b);
	}
}

static void
say_all_but_the_message(int fd)
{
	cr_assert(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<c@d>", "250"));
	cr_assert(rig_smtp(fd, "DATA", "354"));
}

/* A file that may grow no more is a full disk, and not the end. */
Test(smtp_limits, a_limit_on_the_size_of_files)
{
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r = rig_start(RIG("/bin/sh", "-c",
	    "ulimit -f 4096; mail=$0; program=$1; shift; "
	    "exec \"$program\" \"$@\" -l 127.0.0.1:0 \"$mail\"",
	    mail, rig_path("berth-smtpd")));
	int fd = rig_open(r, "smtp");
	char line[1001];

	memset(line, 'x', 998);
	memcpy(line + 998, "\r\n", 3);
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO x", "250"));
	say_all_but_the_message(fd);
	for (int i = 0; i < 3000; i++)
		cr_assert(rig_send(fd, line));
	cr_assert(rig_smtp(fd, ".", "452"));
	say_all_but_the_message(fd);
	cr_assert(rig_smtp(fd, "small\r\n.", "250"));
	cr_assert_eq(rig_stop(r), 0);
}

/* A Maildir that cannot be written to is told, and heals by itself. */
Test(smtp_limits, a_maildir_that_cannot_be_written_to)
{
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r =
	    rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
	char tmp[256];
	int fd = rig_open(r, "smtp");

	snprintf(tmp, sizeof(tmp), "%s/tmp", mail);
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO x", "250"));
	cr_assert_eq(chmod(tmp, 0500), 0);
	cr_assert(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<c@d>", "250"));
	cr_assert(rig_smtp(fd, "DATA", "451"));
	cr_assert(rig_hear(r, " not stored: Permission denied"));
	cr_assert_eq(chmod(tmp, 0700), 0);
	say_all_but_the_message(fd);
	cr_assert(rig_smtp(fd, "x\r\n.", "250"));
	cr_assert_eq(chmod(tmp, 0500), 0);
	cr_assert_eq(rig_stop(r), 0);
	/* At the start it is the end. */
	r = rig_run(RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
	cr_assert_eq(rig_wait(r), 78);
	cr_assert_geq(rig_count(r, tmp), 1);
}

static int
greeted(struct rig *r)
{
	int fd = rig_open(r, "smtp");

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO x", "250"));
	return fd;
}

/* The next one finds it made anew, and nothing goes to the old place. */
/* Between two tests somebody removes the folder: the next mail is taken as if
 * nothing had been. */
Test(smtp_limits, a_maildir_is_made_anew_for_the_next_mail)
{
	static const char *const ways[] = { "rm -r $M", "mv $M $M.away",
		"rm -r $M/*", "rm -r $M/new" };
	char mail[256], line[700];
	struct rig *r;

	snprintf(mail, sizeof(mail), "%s/mail", rig_place());
	r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int fd;

		snprintf(line, sizeof(line), "M='%s'; %s", mail, ways[i]);
		cr_assert_eq(rig_wait(rig_run(RIG("/bin/sh", "-c", line))), 0);
		fd = greeted(r);
		say_all_but_the_message(fd);
		cr_expect(rig_smtp(fd, "x\r\n.", "250"), "%s", line);
		close(fd);
	}
	cr_expect(rig_hear(r, mail), "the path stands in the log");
	cr_assert_eq(rig_stop(r), 0);
}

/* A conversation that was open then cannot go on. */
Test(smtp_limits, a_maildir_that_is_taken_away)
{
	const char *place = rig_place();
	char mail[256], away[256], line[700];
	struct rig *r;
	int fd;

	snprintf(mail, sizeof(mail), "%s/mail", place);
	snprintf(away, sizeof(away), "%s/away", place);
	r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
	for (int i = 0; i < 3; i++) {
		fd = greeted(r);
		say_all_but_the_message(fd);
		cr_assert(rig_smtp(fd, "x\r\n.", "250"));
		if (i == 0)
			cr_assert_eq(rename(mail, away), 0);
		snprintf(line, sizeof(line), "rm -r '%s%s'", mail,
		    i == 1 ? "" : "/new");
		if (i > 0)
			cr_assert_eq(
			    rig_wait(rig_run(RIG("/bin/sh", "-c", line))), 0);
		cr_assert(rig_smtp(fd, "MAIL FROM:<a@b>", "421"));
		cr_assert(rig_expect_end(fd));
		cr_assert(rig_hear_times(r, mail, (size_t)i + 1));
		cr_assert(rig_hear_times(r, "reloading", (size_t)i + 1));
		cr_assert(rig_hear_times(r, "sandbox:", (size_t)i + 2));
	}
	fd = greeted(r);
	say_all_but_the_message(fd);
	cr_assert(rig_smtp(fd, "x\r\n.", "250"));
	cr_assert_eq(rig_stop(r), 0);
}
