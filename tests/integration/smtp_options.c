/*
 * smtp_options.c - berth-smtpd: logging in, LMTP, folders for recipients, and
 * faults on purpose.
 */
#include <sys/stat.h>

#include "smtp_talk.h"
#include "smtpd/store.h"
#include "system/clock.h"

/* clang-format off */
static const struct talk any_rows[] = {
	{ "AUTH ok", { EHLO, SAY("AUTH PLAIN AG1lAHNlY3JldA==\r\n", "235 2.7.0") } },
	{ "AUTH ok", { EHLO, SAY("AUTH PLAIN\r\n", "334 \r\n"), SAY("AG1lAHNlY3JldA==\r\n", "235 2.7.0") } },
	{ "AUTH ok", { EHLO, SAY("AUTH LOGIN\r\n", "334 VXNlcm5hbWU6"), SAY("bWU=\r\n", "334 UGFzc3dvcmQ6"), SAY("c2VjcmV0\r\n", "235 2.7.0") } },
	{ "AUTH ok", { EHLO, SAY("AUTH LOGIN bWU=\r\n", "334 UGFzc3dvcmQ6"), SAY("c2VjcmV0\r\n", "235 2.7.0") } },
	{ "AUTH ok", { EHLO, SAY("AUTH CRAM-MD5\r\n", "334 "), SAY("bWUgYjkxM2E2MDJjN2VkYTdhNDk1YjRlNmU3MzM0ZDM4OTA=\r\n", "235 2.7.0") } },
	{ "AUTH bad base64", { EHLO, SAY("AUTH PLAIN !!!\r\n", "501 5.5.2"), SAY("AUTH PLAIN AG1l\r\n", "501 5.5.2"), SAY("AUTH CRAM-MD5 x\r\n", "501 5.7.0"), ALIVE } },
	{ "AUTH after success", { EHLO, SAY("AUTH PLAIN AG1lAHNlY3JldA==\r\n", "235 2.7.0"), SAY("AUTH\r\n", "503 5.5.1"), SAY("AUTH NONSENSE\r\n", "503 5.5.1") } },
	{ "AUTH by a token", { EHLO, SAY("AUTH XOAUTH2 dXNlcj1tZUB4AWF1dGg9QmVhcmVyIHRva2VuAQE=\r\n", "235 2.7.0") } },
	{ "AUTH by a token", { EHLO, SAY("AUTH XOAUTH2\r\n", "334 "), SAY("dXNlcj1tZUB4AWF1dGg9QmVhcmVyIHRva2VuAQE=\r\n", "235 2.7.0") } },
	{ "AUTH by a token", { EHLO, SAY("AUTH OAUTHBEARER bixhPW1lQHgsAWhvc3Q9bXgBYXV0aD1CZWFyZXIgdG9rZW4BAQ==\r\n", "235 2.7.0") } },
	{ "AUTH of nobody", { EHLO, SAY("AUTH PLAIN AABzZWNyZXQ=\r\n", "235 2.7.0") } },
	{ "AUTH of nobody", { EHLO, SAY("AUTH LOGIN =\r\n", "334 UGFzc3dvcmQ6"), SAY("c2VjcmV0\r\n", "235 2.7.0") } },
	{ "AUTH *", { EHLO, SAY("AUTH LOGIN\r\n", "334"), SAY("*\r\n", "501 5.7.0"), ALIVE } },
	{ "AUTH unknown", { EHLO, SAY("AUTH GSSAPI\r\n", "504 5.5.4"), SAY("AUTH\r\n", "501 5.5.4") } },
	{ "AUTH twice or in transaction", { EHLO, SAY("AUTH PLAIN AG1lAHNlY3JldA==\r\n", "235"), SAY("AUTH PLAIN AG1lAHNlY3JldA==\r\n", "503 5.5.1") } },
	{ "AUTH twice or in transaction", { SAY("AUTH PLAIN AG1lAHNlY3JldA==\r\n", "503 5.5.1"), EHLO, MAIL, SAY("AUTH PLAIN AG1lAHNlY3JldA==\r\n", "503 5.5.1"), RCPT } },
	{ "AUTH initial response = means empty", { EHLO, SAY("AUTH LOGIN =\r\n", "334 UGFzc3dvcmQ6"), SAY("\r\n", "235") } },
};

/* me:secret (hashed), you:{PLAIN}tanstaaftanstaaf */
static const struct talk file_rows[] = {
	{ "AUTH by a token", { EHLO, SAY("AUTH XOAUTH2 dXNlcj1tZUB4AWF1dGg9QmVhcmVyIHRva2VuAQE=\r\n", "504 5.5.4") } },
	{ "AUTH of nobody", { EHLO, SAY("AUTH PLAIN AABzZWNyZXQ=\r\n", "535 5.7.8"), SAY("AUTH LOGIN =\r\n", "334"), SAY("c2VjcmV0\r\n", "535 5.7.8") } },
	{ "AUTH needed", { EHLO, SAY("MAIL FROM:<a@b>\r\n", "530 5.7.0"), SAY("AUTH PLAIN AG1lAHNlY3JldA==\r\n", "235"), MAIL } },
	{ "AUTH bad creds", { EHLO, SAY("AUTH PLAIN AG1lAHdyb25n\r\n", "535 5.7.8"), SAY("AUTH PLAIN AG5vYm9keQBzZWNyZXQ=\r\n", "535 5.7.8"), SAY("AUTH PLAIN AHlvdQB0YW5zdGFhZnRhbnN0YWFm\r\n", "235") } },
	{ "AUTH bad creds", { EHLO, SAY("AUTH CRAM-MD5\r\n", "334"), SAY("eW91IDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw\r\n", "535 5.7.8"), SAY("AUTH CRAM-MD5\r\n", "334"), SAY("bWUgMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=\r\n", "535 5.7.8") } },
};

static const struct talk lmtp_rows[] = {
	{ "LMTP", { SAY("EHLO x\r\n", "502"), SAY("HELO x\r\n", "502"), SAY("LHLO x\r\n", "250-"), MAIL, RCPT, SAY("RCPT TO:<>\r\n", "501"), SAY("RCPT TO:<e@f>\r\n", "250"), DATA, SAY("hi\r\n.\r\nNOOP\r\n", "250 2.0.0|250 2.0.0|250 2.0.0 Ok") } },
	{ "LMTP", { SAY("LHLO x\r\n", "250-"), MAIL, RCPT, SAY("RCPT TO:<e@f>\r\n", "250"), SAY("BDAT 2\r\nhi", "250 2.0.0 2"), SAY("BDAT 0 LAST\r\nNOOP\r\n", "250 2.0.0|250 2.0.0|250 2.0.0 Ok") } },
	{ "LMTP", { SAY("LHLO x\r\n", "250-"), MAIL, SAY("DATA\r\n", "503 5.5.1") } },
};

static const struct talk lmtp_rules_rows[] = {
	{ "LMTP dot reply", { SAY("LHLO x\r\n", "250-"), MAIL, RCPT, RCPT, DATA, SAY("x\r\n.\r\nNOOP\r\n", "451 4.2.0|451 4.2.0|250 2.0.0 Ok") } },
	{ "LMTP BDAT refused", { SAY("LHLO x\r\n", "250-"), MAIL, RCPT, RCPT, SAY("BDAT 1\r\naBDAT 10\r\n0123456789BDAT 1 LAST\r\naNOOP\r\n", "250|552 5.3.4|554 5.5.1|554 5.5.1|250 2.0.0 Ok") } },
};

static const char rules[] =
    "# what a test may ask for\n"
    "connect client=unix drop\n"
    "ehlo helo=busy.* reply 421 4.3.2 Not now\n"
    "auth user=evil reply 454 4.7.0 Try later\n"
    "mail from=slow@* delay 0.3\n"
    "mail from=rate@* rate=2/600 reply 451 4.7.1 Not so fast\n"
    "rcpt to=grey@* first=1 per=to reply 450 4.7.1 Greylisted\n"
    "rcpt to=full@* reply 452 4.2.2 Mailbox full\n"
    "rcpt to=third@* nth=3 reply 550 5.1.1 The third\n"
    "data from=body@* drop 10\n"
    "data from=nodata@* reply 451 4.3.0 No\n"
    "dot from=dies@* drop\n"
    "dot from=late@* reply 554 5.6.0 Do not like it\n";

static const struct talk rules_rows[] = {
	{ "ehlo reply", { SAY("EHLO busy.example\r\n", "421 4.3.2 Not now|end") } },
	{ "auth reply", { EHLO, SAY("AUTH PLAIN AGV2aWwAeA==\r\n", "454 4.7.0") } },
	{ "rate", { EHLO, SAY("MAIL FROM:<rate@x>\r\nRSET\r\nMAIL FROM:<rate@x>\r\nRSET\r\n", "250|250|250|250"), SAY("MAIL FROM:<rate@x>\r\n", "451 4.7.1") } },
	{ "rate", { EHLO, SAY("MAIL FROM:<rate@x>\r\n", "451 4.7.1"), MAIL } },
	{ "greylisting", { EHLO, MAIL, SAY("RCPT TO:<grey@a>\r\n", "450 4.7.1"), SAY("RCPT TO:<grey@b>\r\n", "450 4.7.1") } },
	{ "greylisting", { EHLO, MAIL, SAY("RCPT TO:<grey@a>\r\n", "250"), SAY("RCPT TO:<GREY@c>\r\n", "450") } },
	{ "full mailbox", { EHLO, MAIL, SAY("RCPT TO:<full@a>\r\n", "452 4.2.2 Mailbox full"), RCPT } },
	{ "nth", { EHLO, MAIL, SAY("RCPT TO:<third@a>\r\nRCPT TO:<third@a>\r\nRCPT TO:<third@a>\r\nRCPT TO:<third@a>\r\n", "250|250|550|250") } },
	{ "drop in the body", { EHLO, SAY("MAIL FROM:<body@a>\r\n", "250"), RCPT, DATA, SAY("0123456789\r\n", "end") } },
	{ "data reply", { EHLO, SAY("MAIL FROM:<nodata@a>\r\n", "250"), RCPT, SAY("DATA\r\n", "451 4.3.0"), ALIVE } },
	{ "data reply", { EHLO, SAY("MAIL FROM:<nodata@a>\r\n", "250"), RCPT, SAY("BDAT 5\r\nQUIT\nNOOP\r\n", "451 4.3.0|250"), SAY("BDAT 5 LAST\r\nQUIT\nNOOP\r\n", "554|250") } },
	{ "dies at the dot", { EHLO, SAY("MAIL FROM:<dies@a>\r\n", "250"), RCPT, DATA, SAY("x\r\n.\r\n", "end") } },
	{ "dot reply", { EHLO, SAY("MAIL FROM:<late@a>\r\n", "250"), RCPT, DATA, SAY("x\r\n.\r\n", "554 5.6.0"), ALIVE } },
};
/* clang-format on */

#define ROWS(r, t) talk_rows(r, t, sizeof(t) / sizeof((t)[0]), 0)

Test(smtp_options, auth_any)
{
	struct rig *r = rig_start(RIG(
	    "berth-smtpd", "-l", "127.0.0.1:0", rig_in(rig_place(), "mail")));

	ROWS(r, any_rows);
	cr_expect_eq(rig_stop(r), 0);
}

Test(smtp_options, auth_file)
{
	const char *dir = rig_place();
	const char *users = rig_file(dir, "users",
	    "# who may\n"
	    "me:$6$abc$IdWKNKTJEb8LxY7CGg8YBXlvtfZzFw7Mp/r6niK9YB2mdvgY"
	    "..TKjv1T..8RadRt2qvUHYRLr/TsVArtr91iR1\n"
	    "you:{PLAIN}tanstaaftanstaaf\n");
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--auth", users, rig_in(dir, "mail")));

	ROWS(r, file_rows);
	cr_expect_eq(rig_stop(r), 0);
}

Test(smtp_options, auth_off)
{
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--auth", "off", rig_in(rig_place(), "mail")));
	int fd = rig_open(r, "smtp");
	struct buf b;

	buf_init(&b, RIG_BUF_MAX);
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_send(fd, "EHLO x\r\n"));
	cr_expect_eq(rig_smtp_reply(fd, &b), 250);
	cr_expect_null(strstr(buf_str(&b), "AUTH"));
	cr_expect(rig_smtp(fd, "AUTH PLAIN AG1lAHNlY3JldA==", "502"));
	cr_expect_eq(rig_stop(r), 0);
	buf_free(&b);
}

Test(smtp_options, lmtp)
{
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--lmtp", rig_in(rig_place(), "mail")));

	ROWS(r, lmtp_rows);
	cr_expect_eq(rig_stop(r), 0);
}

Test(smtp_options, lmtp_refuses_for_each_recipient)
{
	const char *dir = rig_place();
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--lmtp", "--max-size", "8", "--rules",
	    rig_file(dir, "rules", "dot reply 451 4.2.0 Not today\n"),
	    rig_in(dir, "mail")));

	ROWS(r, lmtp_rules_rows);
	cr_expect_eq(rig_stop(r), 0);
}

Test(smtp_options, rules)
{
	const char *dir = rig_place(), *mail = rig_in(dir, "mail");
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--rules", rig_file(dir, "rules", rules), mail));
	int64_t before = clock_ms();
	int fd = rig_open(r, "smtp");

	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<slow@a>", "250"));
	cr_expect_geq(clock_ms() - before, 300);
	close(fd);
	ROWS(r, rules_rows);
	cr_expect_eq(rig_stop(r), 0);
	cr_expect_geq(rig_count(r,
			  "rcpt <full@a> refused by line 8 of the rules: "
			  "452 4.2.2 Mailbox full"),
	    1);
	cr_expect_geq(rig_count(r, "mail <rate@x> refused by line"), 1);
	cr_expect_geq(rig_count(r, "auth <evil> refused by line 4"), 1);
	cr_expect_geq(rig_count(r, "ehlo <busy.example> refused by line 3"), 1);
	talk_folder(mail, (struct slice){ NULL, 0 }, "rules");
}

/* clang-format off */
static const char *const bad_rules[] = {
	"sometime reply 450 x", "rcpt", "rcpt to=x", "rcpt reply", "rcpt reply no",
	"rcpt reply 650 x", "rcpt to= first=x reply 450 x", "rcpt rate=5 drop",
	"rcpt drop 10", "rcpt delay x", "rcpt foo=1 drop", "rcpt explode",
	"rcpt per=size drop",
};
/* clang-format on */

Test(smtp_options, faults_of_the_command_line)
{
	const char *dir = rig_place(), *mail = rig_in(dir, "mail");
	struct rig *r;

	for (size_t i = 0; i < sizeof(bad_rules) / sizeof(bad_rules[0]); i++) {
		r = rig_run(RIG("berth-smtpd", "-l", "127.0.0.1:0", "--rules",
		    rig_file(dir, "rules", bad_rules[i]), mail));
		cr_expect_eq(rig_wait(r), 78, "%s", bad_rules[i]);
		cr_expect_not_null(strstr(rig_err(r), "rules:1: "));
		cr_expect_not_null(
		    strstr(rig_err(r), "expected"), "%s", rig_err(r));
	}
	r = rig_run(RIG("berth-smtpd", "-l", "0", "--auth", "/nowhere", mail));
	cr_expect_eq(rig_wait(r), 78);
	r = rig_run(RIG("berth-smtpd", "-l", "0", "/nowhere/mail"));
	cr_expect_eq(rig_wait(r), 78);
	r = rig_run(RIG("berth-smtpd", "-l", "0", "--hostname", "a b", mail));
	cr_expect_eq(rig_wait(r), 64);
	r = rig_run(RIG("berth-smtpd", "-l", "0", "--durability", "x", mail));
	cr_expect_eq(rig_wait(r), 64);
}

/* Parallel tests do not see each other's mail; no path from an address. */
Test(smtp_options, mailbox_by_address)
{
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--mailbox-by", "address", mail));
	int fd = rig_open(r, "smtp");
	struct buf b;

	buf_init(&b, RIG_BUF_MAX);
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
	cr_expect(rig_smtp(fd, "RCPT TO:<One@x.example>", "250"));
	cr_expect(rig_smtp(fd, "RCPT TO:<\"../../x\"@y>", "250"));
	cr_expect(rig_smtp(fd, "RCPT TO:<one@X.example>", "250"));
	cr_expect(rig_smtp(fd, "DATA", "354"));
	cr_expect(rig_send(fd, "hi\r\n.\r\n"));
	cr_expect(talk_expect(fd, slice_of("250 2.0.0"), "folders", 0));
	cr_expect_eq(rig_stop(r), 0);
	cr_expect_eq(talk_slurp(rig_in(mail, "new"), &b), 0);
	cr_expect_eq(talk_slurp(rig_in(mail, "tmp"), &b), 0);
	cr_expect_eq(talk_slurp(rig_in(mail, ".one@x%2Eexample/new"), &b), 1);
	cr_expect_eq(
	    talk_slurp(rig_in(mail, ".%2E%2E%2F%2E%2E%2Fx@y/new"), &b), 1);
	buf_free(&b);
}

/* Send one mail to the recipients from..to; the verdict begins so. */
static void
send_to_many(int fd, int from, int to, const char *verdict)
{
	char line[64];

	cr_assert(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
	for (int i = from; i < to; i++) {
		snprintf(line, sizeof(line), "RCPT TO:<u%d@x>", i);
		cr_assert(rig_smtp(fd, line, "250"), "%d", i);
	}
	cr_assert(rig_smtp(fd, "DATA", "354"));
	cr_assert(rig_send(fd, "hi\r\n.\r\n"));
	cr_assert(talk_expect(fd, slice_of(verdict), "folders", (size_t)from));
}

/* Whoever can send cannot fill the disk with directories. */
Test(smtp_options, folders_have_a_limit)
{
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--mailbox-by", "address", mail));
	char path[300];
	int fd = rig_open(r, "smtp");
	struct buf b;

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO x", "250"));
	send_to_many(fd, 0, 60, "250 2.0.0");
	send_to_many(fd, 50, 120, "452 4.3.1 Too many folders");
	send_to_many(fd, 0, 60, "250 2.0.0");
	close(fd);
	/* Of what was refused nothing is left in those that were made. */
	buf_init(&b, RIG_BUF_MAX);
	cr_assert_eq(talk_slurp(rig_in(mail, ".u70@x/new"), &b), 0);
	cr_assert_eq(talk_slurp(rig_in(mail, ".u59@x/new"), &b), 2);
	buf_free(&b);
	/* Nor do many conversations. */
	for (int i = 0; i < STORE_FOLDERS_MAX; i++) {
		snprintf(path, sizeof(path), "%s/.f%d", mail, i);
		cr_assert_eq(mkdir(path, 0700), 0);
	}
	fd = rig_open(r, "smtp");
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO x", "250"));
	send_to_many(fd, 200, 201, "452 4.3.1 Too many folders");
	send_to_many(fd, 7, 8, "250 2.0.0");
	cr_assert(rig_hear(r, "too many folders"));
	cr_assert_eq(rig_stop(r), 0);
}
