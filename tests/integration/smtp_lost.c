/*
 * smtp_lost.c - messages that are refused before they have come are counted as
 * those that are refused after their dot: whoever looks at numbers alone sees
 * that nothing gets in.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

static struct rig *r;

static const char *
body(const char *name, const char *path)
{
	static char text[65536];
	struct rig_reply reply = { 0 };

	cr_assert(rig_get(rig_address(r, name), path, &reply));
	cr_assert_eq(reply.status, 200);
	snprintf(text, sizeof(text), "%.*s", SLICE_FMT(reply.body));
	rig_reply_free(&reply);
	return text;
}

static long long
mails(const char *outcome)
{
	char name[128];
	const char *at;

	snprintf(name, sizeof(name),
	    "\nberth_mails_total{service=\"smtp\",outcome=\"%s\"} ", outcome);
	at = strstr(body("health", "/metrics"), name);
	cr_assert_not_null(at);
	return atoll(at + strlen(name));
}

/* The lines of a conversation, each with the code of its reply. */
static void
talk(const char *const *line)
{
	int fd = rig_open(r, "smtp");

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO a", "250"));
	for (; *line != NULL; line += 2)
		cr_expect(rig_smtp(fd, line[0], line[1]), "%s", line[0]);
	cr_assert(rig_smtp(fd, "QUIT", "221"));
	/* When it has closed, all is counted. */
	cr_expect(rig_expect_end(fd));
	close(fd);
}

static void
start(void)
{
	const char *dir = rig_place();
	const char *rules = rig_file(dir, "rules",
	    "mail from=grey@* reply 451 4.2.0 Later\n"
	    "rcpt to=full@* reply 452 4.2.2 Full\n"
	    "rcpt to=none@* reply 550 5.1.1 None\n"
	    "data from=dull@* reply 554 5.7.1 Dull\n"
	    "dot from=never@* reply 554 5.2.0 Never\n"
	    "mail from=gone@* drop\n");

	rig_file(dir, "site/f", "content");
	r = rig_start(RIG("berth", "--http", "off", "--smtp", "127.0.0.1:0",
	    "--inbox", "127.0.0.1:0", "--health", "127.0.0.1:0", "--max-size",
	    "1000", "--smtp-rules", rules, "--mail", rig_in(dir, "mail"),
	    rig_in(dir, "site")));
}

TestSuite(smtp_lost, .init = start);

#define A    "MAIL FROM:<a@b.c>", "250"
#define TEXT "DATA", "354", "Subject: x\r\n\r\ny\r\n."

Test(smtp_lost, each_counts_once)
{
	static const struct {
		const char *line[20];
		int accepted, deferred, refused;
	} rows[] = {
		{ { "MAIL FROM:<grey@b.c>", "451" }, 0, 1, 0 },
		{ { "MAIL FROM:<a@b.c> SIZE=2000", "552" }, 0, 0, 1 },
		{ { "MAIL FROM:<a@b.c> NO=1", "555" }, 0, 0, 1 },
		{ { A, "RCPT TO:<none@b.c>", "550", "DATA", "554" }, 0, 0, 1 },
		{ { A, "RCPT TO:<none@b.c>", "550", "RCPT TO:<full@b.c>",
		      "452" },
		    0, 1, 0 },
		{ { A, "RCPT TO:<none@b.c>", "550", "RSET", "250", A,
		      "RCPT TO:<>", "501", "RSET", "250", A, "RCPT TO:<x@b.c>",
		      "250" },
		    0, 0, 2 },
		/* One recipient is left. */
		{ { A, "RCPT TO:<none@b.c>", "550", "RCPT TO:<x@b.c>", "250",
		      "RCPT TO:<none@b.c>", "550", TEXT, "250" },
		    1, 0, 0 },
		{ { "MAIL FROM:<dull@b.c>", "250", "RCPT TO:<x@b.c>", "250",
		      "DATA", "554" },
		    0, 0, 1 },
		{ { "MAIL FROM:<never@b.c>", "250", "RCPT TO:<x@b.c>", "250",
		      TEXT, "554" },
		    0, 0, 1 },
		/* Nothing was refused. */
		{ { A, "RSET", "250", A }, 0, 0, 0 },
	};
	long long refused = 0, deferred = 0, accepted = 0;
	char told[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		talk(rows[i].line);
		accepted += rows[i].accepted;
		deferred += rows[i].deferred;
		refused += rows[i].refused;
		cr_expect_eq(mails("accepted"), accepted, "row %zu", i);
		cr_expect_eq(mails("deferred"), deferred, "row %zu", i);
		cr_expect_eq(mails("refused"), refused, "row %zu", i);
	}
	/* And the inbox tells it as Mailpit does. */
	snprintf(
	    told, sizeof(told), "\"SMTPRejected\":%lld,", refused + deferred);
	cr_expect_not_null(
	    strstr(body("inbox", "/api/v1/info"), told), "%s", told);
	cr_assert_eq(rig_stop(r), 0);
}
