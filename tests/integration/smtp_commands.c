/*
 * smtp_commands.c - berth-smtpd answers commands as the table says.
 */
#include <signal.h>

#include "smtp_talk.h"
#include "smtpd/report.h"

/* clang-format off */
static const struct talk rows[] = {
	{ "first 250 line of EHLO", { SAY("EHLO client.example\r\n", "250-mx.test "), ALIVE } },
	{ "EHLO without/with bad arg", { SAY("EHLO [127.0.0.1]\r\n", "250"), SAY("EHLO [IPv6:::1]\r\n", "250"), SAY("EHLO under_score!\r\n", "250") } },
	{ "repeat EHLO", { EHLO, MAIL, RCPT, EHLO, SAY("DATA\r\n", "503 5.5.1"), MAIL } },
	{ "HELO", { SAY("HELO x\r\n", "250 mx.test"), SAY("MAIL FROM:<a@b> SIZE=5\r\n", "250 2.1.0") } },
	{ "HELO", { SAY("HELO\r\n", "250 mx.test Hello you"), SAY("LHLO x\r\n", "502 5.5.1") } },
	{ "names that are none", { SAY("EHLO [::1]\r\n", "250"), SAY("EHLO [localhost]\r\n", "250"), SAY("EHLO my pc\r\n", "250"), SAY("EHLO pc-m\xc3\xbcller\r\n", "250"), SAY("EHLO pc-m\xfcller\r\n", "250"), SAY("EHLO\r\n", "250"), MAIL, RCPT, DATA, SAY("hi\r\n.\r\n", "250 2.0.0") } },
	{ "RCPTs that are none", { EHLO, MAIL, RCPT, SAY("RCPT TO:<\r\nRCPT TO:<a@\r\nRCPT TO:a b\r\nRCPT TO:<>\r\nRCPT\r\n", "501|501|555|501|501"), DATA, SAY("hi\r\n.\r\n", "250 2.0.0") } },
	{ "which command is missing", { SAY("MAIL FROM:<a@b>\r\n", "503 5.5.1 MAIL: send EHLO or HELO first"), EHLO, SAY("RCPT TO:<a@b>\r\n", "503 5.5.1 RCPT: send MAIL first"), SAY("DATA\r\n", "503 5.5.1 DATA: send MAIL and RCPT first"), MAIL, SAY("DATA\r\n", "554 5.5.1 DATA: no valid recipient: send RCPT first") } },
	{ "bare LF ends a command", { SAY("EHLO x\n", "250"), SAY("MAIL FROM:<a@b>\nRCPT TO:<c@d>\n", "250|250") } },
	{ "SIZE= too large", { EHLO, SAY("MAIL FROM:<a@b> SIZE=100001\r\n", "552 5.3.4"), SAY("MAIL FROM:<a@b> SIZE=99999999999999999999\r\n", "552 5.3.4"), SAY("MAIL FROM:<a@b> SIZE=x\r\n", "501 5.5.4"), SAY("MAIL FROM:<a@b> SIZE=0\r\n", "250 2.1.0") } },
	{ "NUL in command", { SAY("EHLO a\0b\r\n", "501 5.5.2"), SAY("NOOP\0\r\n", "501 5.5.2"), EHLO, SAY("MAIL FROM:<a\0@b>\r\n", "501 5.5.2"), MAIL } },
	{ "CR/LF in HELO/addresses reaching trace headers", { SAY("EHLO a\rb\r\n", "501 5.5.2"), EHLO, SAY("MAIL FROM:<a\r@b>\r\n", "501 5.5.2"), SAY("MAIL FROM:<\"a\rb\"@c>\r\n", "501 5.5.2") } },
	{ "8-bit in command without SMTPUTF8", { SAY("NOOP \xc3\xbc\r\n", "501 5.5.2"), SAY("NOOP \xfc\r\n", "500 5.5.2"), EHLO, SAY("MAIL FROM:<\xc3\xbc@b>\r\n", "553 5.6.7"), SAY("MAIL FROM:<\xfc@b>\r\n", "500 5.5.2"), SAY("MAIL FROM:<a@b> SMTPUTF8=1\r\n", "501 5.5.4"), MAIL, SAY("RCPT TO:<\xc3\xbc@b>\r\n", "553 5.6.7"), RCPT } },
	{ "8-bit in command without SMTPUTF8", { EHLO, SAY("MAIL FROM:<\xc3\xbc@b> SMTPUTF8\r\n", "250 2.1.0"), SAY("RCPT TO:<\xc3\xbc@b>\r\n", "250 2.1.5") } },
	{ "unknown MAIL/RCPT parameter", { EHLO, SAY("MAIL FROM:<a@b> FOO=1\r\n", "555 5.5.4 Unsupported option: FOO"), MAIL, SAY("RCPT TO:<c@d> BAR\r\n", "555 5.5.4 Unsupported option: BAR") } },
	{ "duplicate/empty parameter", { EHLO, SAY("MAIL FROM:<a@b> SIZE=1 SIZE=1\r\n", "501 5.5.4"), SAY("MAIL FROM:<a@b> SIZE=\r\n", "501 5.5.4"), SAY("MAIL FROM:<a@b> =\r\n", "501 5.5.4") } },
	{ "bad sequence", { SAY("MAIL FROM:<a@b>\r\n", "503 5.5.1"), SAY("RCPT TO:<a@b>\r\n", "503 5.5.1"), SAY("DATA\r\n", "503 5.5.1"), EHLO, SAY("RCPT TO:<a@b>\r\n", "503 5.5.1"), SAY("DATA\r\n", "503 5.5.1"), MAIL, SAY("MAIL FROM:<x@y>\r\n", "503 5.5.1"), RCPT, DATA } },
	{ "DATA, all RCPT refused (pipelined)", { EHLO, SAY("MAIL FROM:<a@b>\r\nRCPT TO:<>\r\nDATA\r\nRSET\r\n", "250|501|554 5.5.1|250") } },
	{ "DATA/RSET/QUIT with argument", { EHLO, SAY("RSET x\r\n", "501 5.5.4"), SAY("QUIT x\r\n", "501 5.5.4"), MAIL, RCPT, SAY("DATA x\r\n", "501 5.5.4"), SAY("NOOP what ever\r\n", "250"), DATA } },
	{ "unknown command / known-unimplemented", { SAY("FOO\r\n", "500 5.5.2"), SAY("\r\n", "500 5.5.2"), SAY("EXPN list\r\n", "502 5.5.1"), SAY("TURN\r\n", "502 5.5.1"), SAY("SEND FROM:<a>\r\n", "502 5.5.1") } },
	{ "VRFY", { SAY("VRFY\r\n", "501"), SAY("VRFY somebody\r\n", "252 2.0.0"), SAY("HELP\r\n", "214"), SAY("EXPN x\r\n", "502") } },
	{ "MAIL FROM:<>", { EHLO, SAY("MAIL FROM:<>\r\n", "250 2.1.0"), RCPT } },
	{ "RCPT TO:<>", { EHLO, MAIL, SAY("RCPT TO:<>\r\n", "501 5.1.3"), RCPT } },
	{ "<Postmaster> no domain, any case", { EHLO, MAIL, SAY("RCPT TO:<Postmaster>\r\n", "250"), SAY("RCPT TO:<pOSTMASTER>\r\n", "250") } },
	{ "source route <@a,@b:u@c>", { EHLO, SAY("MAIL FROM:<@a,@b:u@c>\r\n", "250 2.1.0 <u@c>"), SAY("RCPT TO:<@a:u@c>\r\n", "250 2.1.5 <u@c>"), SAY("RCPT TO:<@a,b:u@c>\r\n", "501") } },
	{ "quoted local part", { EHLO, SAY("MAIL FROM:<\"a b\"@x>\r\n", "250"), SAY("RCPT TO:<\"a>b\"@x>\r\n", "250"), SAY("RCPT TO:<\"a\\\"b\"@x> NOTIFY=NEVER\r\n", "250"), SAY("RCPT TO:<\"a@x>\r\n", "501") } },
	{ "address literals", { EHLO, SAY("MAIL FROM:<a@[1.2.3.4]>\r\n", "250"), SAY("RCPT TO:<a@[IPv6:::1]>\r\n", "250"), SAY("RCPT TO:<a@[1.2.3.400]>\r\n", "501"), SAY("RCPT TO:<a@[foo:bar]>\r\n", "501") } },
	{ "space after colon, no <>", { EHLO, SAY("MAIL FROM: <a@b>\r\n", "250"), SAY("RCPT TO: c@d\r\n", "250") } },
	{ "STARTTLS not offered", { EHLO, SAY("STARTTLS\r\n", "502 5.5.1"), SAY("STARTTLS x\r\n", "501 5.5.4") } },
	{ "DSN", { EHLO, SAY("MAIL FROM:<a@b> RET=FOO\r\n", "501 5.5.4"), SAY("MAIL FROM:<a@b> RET=HDRS ENVID=x\r\n", "250"), SAY("RCPT TO:<c@d> NOTIFY=NEVER,DELAY\r\n", "501 5.5.4"), SAY("RCPT TO:<c@d> NOTIFY=DELAY ORCPT=rfc822;c@d\r\n", "250") } },
	{ "HTTP to SMTP port", { SAY("POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\n", "221 2.7.0|end") } },
	{ "HTTP to SMTP port", { EHLO, SAY("Content-Length: 5\r\nQUIT\r\n", "221 2.7.0|end") } },
	{ "TLS ClientHello on plain port", { SAY("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "501 5.5.2|end") } },
	{ "too many errors", { SAY("X\nX\nX\nX\nX\nX\nX\nX\nX\nX\n", "500|500|500|500|500|500|500|500|500|500"), SAY("X\nX\nX\nX\nX\nX\nX\nX\nX\nX\n", "500|500|500|500|500|500|500|500|500|500|421 4.7.0|end") } },
	{ "RCPT overflow", { EHLO, MAIL, SAY("RCPT TO:<1@b>\r\nRCPT TO:<2@b>\r\nRCPT TO:<3@b>\r\n", "250|250|250"), SAY("RCPT TO:<4@b>\r\n", "452 4.5.3"), DATA, SAY("x\r\n.\r\n", "250 2.0.0") } },
	{ "pipelined", { SAY("EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhi\r\n.\r\nQUIT\r\n", "250|250|250|354|250|221|end") } },
};

static const struct talk strict_rows[] = {
	{ "EHLO without/with bad arg", { SAY("EHLO\r\n", "501 5.5.4"), SAY("EHLO a b\r\n", "501 5.5.4"), SAY("EHLO [1.2.3]\r\n", "501 5.5.4"), SAY("MAIL FROM:<a@b>\r\n", "503 5.5.1"), EHLO, SAY("EHLO\r\n", "501 5.5.4"), MAIL } },
	{ "EHLO without/with bad arg", { SAY("EHLO \xc3\xbc\r\n", "501 5.5.2"), SAY("EHLO pc\r\n", "250"), SAY("EHLO [localhost]\r\n", "501 5.5.4") } },
	{ "EHLO without/with bad arg", { SAY("EHLO -x\r\n", "501 5.5.4"), SAY("EHLO x..y\r\n", "501 5.5.4"), SAY("EHLO pc-m\xfcller\r\n", "500 5.5.2") } },
};
/* clang-format on */

/* At once, and then with every byte in a segment of its own. */
Test(smtp_commands, rows)
{
	const char *dir = rig_place();
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--hostname", "mx.test", "--max-size", "100000", "--max-recipients",
	    "3", rig_in(dir, "mail")));

	talk_rows(r, rows, sizeof(rows) / sizeof(rows[0]), 0);
	talk_rows(r, rows, sizeof(rows) / sizeof(rows[0]), 1);
	cr_expect_eq(rig_stop(r), 0);
}

Test(smtp_commands, strict_rows)
{
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--strict", rig_in(rig_place(), "mail")));

	talk_rows(
	    r, strict_rows, sizeof(strict_rows) / sizeof(strict_rows[0]), 0);
	cr_expect_eq(rig_stop(r), 0);
}

/* What a name is not is noted where people look for it; the last one is what
 * Windows calls itself, in its own charset. */
Test(smtp_commands, odd_names_are_noted)
{
	static const char *const names[][2] = { { "my pc", "my?pc" },
		{ "pc-m\xc3\xbcller", "pc-m??ller" },
		{ "pc-m\xfcller", "pc-m?ller" } };

	for (size_t i = 0; i < 3; i++) {
		const char *mail = rig_in(rig_place(), "mail");
		struct rig *r =
		    rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
		int fd = rig_open(r, "smtp");
		char line[200];
		struct mail_trace t;
		struct buf b;

		cr_assert(rig_smtp_expect(fd, "220"));
		snprintf(line, sizeof(line), "EHLO %s", names[i][0]);
		cr_assert(rig_smtp(fd, line, "250"));
		cr_assert(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
		cr_assert(rig_smtp(fd, "RCPT TO:<c@d>", "250"));
		cr_assert(rig_smtp(fd, "DATA", "354"));
		cr_assert(rig_smtp(fd, "hi\r\n.", "250"));
		cr_assert_eq(rig_stop(r), 0);
		buf_init(&b, 100000);
		cr_assert_eq(talk_slurp(rig_in(mail, "new"), &b), 1);
		snprintf(line, sizeof(line),
		    "Received: from %s (localhost [127.0.0.1]) (not a host "
		    "name)",
		    names[i][1]);
		cr_expect_not_null(strstr(buf_str(&b), line), "%s", line);
		cr_assert_gt(mail_trace_read(buf_slice(&b), &t), 0);
		cr_expect(slice_is(t.helo, names[i][1]));
		cr_expect(slice_is(t.address, "127.0.0.1"));
		buf_free(&b);
	}
}

/* Programs that check a connection send NOOP; there is an end to it. */
Test(smtp_commands, many_harmless_commands)
{
	struct rig *r = rig_start(RIG(
	    "berth-smtpd", "-l", "127.0.0.1:0", rig_in(rig_place(), "mail")));
	int fd = rig_open(r, "smtp");
	char all[300 * 6 + 1] = "";

	for (int i = 0; i < 300; i++)
		memcpy(all + (size_t)i * 6, "NOOP\r\n", 7);
	cr_assert(rig_smtp_expect(fd, "220"));
	for (int times = 0; times < 4; times++) {
		cr_assert(rig_send(fd, all));
		for (int i = 0; i < (times < 3 ? 300 : 99); i++)
			cr_assert(rig_smtp_expect(fd, "250"));
	}
	cr_assert(rig_smtp_expect(fd, "250"));
	cr_assert(rig_smtp_expect(fd, "421"));
	cr_assert(rig_expect_end(fd));
	cr_expect_eq(rig_stop(r), 0);
}

/* What leads nowhere has an end whatever it is, and whatever is answered. */
Test(smtp_commands, other_commands_without_end)
{
	static const char *const all[][2] = { { "", "EHLO x\r\n" },
		{ "", "HELO x\r\n" },
		{ "EHLO x\r\nMAIL FROM:<a@b>\r\n", "DATA\r\n" },
		{ "EHLO x\r\nMAIL FROM:<a@b>\r\n", "BDAT 0\r\n" },
		{ "EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n",
		    "BDAT 0\r\n" } };
	struct rig *r = rig_start(RIG(
	    "berth-smtpd", "-l", "127.0.0.1:0", rig_in(rig_place(), "mail")));

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int fd = rig_open(r, "smtp"), code = 0, n = 0;
		struct buf got;

		cr_assert(rig_smtp_expect(fd, "220"));
		cr_assert(rig_send(fd, all[i][0]));
		for (; n < 1100 && code != 421; n++) {
			cr_assert(rig_send(fd, all[i][1]));
			buf_init(&got, 1 << 16);
			code = rig_smtp_reply(fd, &got);
			buf_free(&got);
			cr_assert_neq(code, 0, "%s", all[i][1]);
		}
		cr_expect_eq(code, 421, "%s", all[i][1]);
		cr_expect(rig_expect_end(fd));
		close(fd);
	}
	cr_expect_eq(rig_stop(r), 0);
}

/* Each in a line of its own, but not without end. */
Test(smtp_commands, whom_it_refuses_is_told)
{
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--max-recipients", "1", rig_in(rig_place(), "mail")));
	int fd = rig_open(r, "smtp");
	char line[100];

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO x", "250"));
	cr_assert(rig_smtp(fd, "MAIL FROM:<>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<one@x.example>", "250"));
	for (int i = 0; i < REPORT_REFUSED + 5; i++) {
		snprintf(line, sizeof(line), "RCPT TO:<no%d@x.example>", i);
		cr_assert(rig_smtp(fd, line, "452"));
	}
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
	cr_expect_eq(
	    rig_count(r, "rcpt <no0@x.example> refused: 452 4.5.3 Too many"),
	    1);
	cr_expect_eq(rig_count(r, "> refused: 452"), REPORT_REFUSED);
	cr_expect_eq(rig_count(r, "what else is refused is not told"), 1);
}

/* Row "command line > limit". */
Test(smtp_commands, a_line_that_is_too_long)
{
	static const size_t sizes[] = { 4097, 5000, 12289, 20000, 300000 };
	const char *dir = rig_place();
	struct rig *r = rig_start(
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", rig_in(dir, "mail")));
	char *line = malloc(300002);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int fd = rig_open(r, "smtp");

		memset(line, 'x', sizes[i]);
		memcpy(line, "NOOP ", 5);
		memcpy(line + sizes[i], "\r\n", 2);
		cr_expect(rig_smtp_expect(fd, "220"));
		cr_expect(rig_send_bytes(fd, line, sizes[i] + 2));
		cr_expect(talk_expect(fd, slice_of("500 5.5.2 Line too long"),
		    "command line > limit", sizes[i]));
		cr_expect(rig_smtp(fd, "NOOP", "250"));
		close(fd);
	}
	/* And what must not be refused. */
	{
		int fd = rig_open(r, "smtp");

		memset(line, 'x', 4000);
		memcpy(line, "NOOP ", 5);
		line[4000] = '\0';
		cr_expect(rig_smtp_expect(fd, "220"));
		cr_expect(rig_smtp(fd, line, "250"));
		close(fd);
	}
	free(line);
	cr_expect_eq(rig_stop(r), 0);
}

Test(smtp_commands, what_ehlo_offers)
{
	static const char *const words[] = { "250-PIPELINING\r\n",
		"250-SIZE 52428800\r\n", "250-8BITMIME\r\n", "250-SMTPUTF8\r\n",
		"250-ENHANCEDSTATUSCODES\r\n", "250-CHUNKING\r\n",
		"250-BINARYMIME\r\n", "250-DSN\r\n",
		"250-AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2 OAUTHBEARER\r\n",
		"250 HELP\r\n" };
	const char *dir = rig_place();
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--hostname", "mx.test", rig_in(dir, "mail")));
	int fd = rig_open(r, "smtp");
	struct buf b;

	buf_init(&b, 10000);
	cr_expect(
	    talk_expect(fd, slice_of("220 mx.test ESMTP Berth\r\n"), "", 0));
	cr_expect(rig_send(fd, "EHLO x\r\n"));
	cr_assert_eq(rig_smtp_reply(fd, &b), 250);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		cr_expect_not_null(
		    strstr(buf_str(&b), words[i]), "%s", words[i]);
	cr_expect_null(strstr(buf_str(&b), "STARTTLS"));
	cr_expect(rig_send(fd, "QUIT\r\n"));
	cr_expect(rig_expect(fd, "221 2.0.0 mx.test closing connection\r\n"));
	cr_expect(rig_expect_end(fd));
	cr_expect_eq(rig_stop(r), 0);
	buf_free(&b);
}

/* Rows "idle" and "too many connections / shutdown". */
Test(smtp_commands, idle_and_shutdown)
{
	const char *dir = rig_place();
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--timeout", "1", rig_in(dir, "mail")));
	int fd = rig_open(r, "smtp");

	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(talk_expect(fd, slice_of("421 4.4.2"), "idle", 0));
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_expect_eq(rig_stop(r), 0);

	r = rig_start(
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", rig_in(dir, "mail")));
	fd = rig_open(r, "smtp");
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	rig_signal(r, SIGTERM);
	cr_expect(talk_expect(fd, slice_of("421 4.3.2"), "shutdown", 0));
	cr_expect(rig_expect_end(fd));
	cr_expect_eq(rig_wait(r), 0);
}
