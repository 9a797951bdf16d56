/*
 * smtp_data.c - berth-smtpd takes messages, by DATA and by BDAT, and stores
 * them to the byte.
 */
#include "smtp_talk.h"

#define HELLO                                                \
	"EHLO client.example\r\nMAIL FROM:<a@b.example>\r\n" \
	"RCPT TO:<c@d.example>\r\n"
#define GREETED "220|250|250|250|"

/* clang-format off */
static const struct {
	const char *row;
	struct slice send;      /* behind HELLO */
	const char *expect;     /* behind GREETED */
	struct slice stored;    /* {NULL, 0}: nothing */
	const char *bare;       /* --bare-newline */
} mails[] = {
	{ "dot-stuffing", SLICE("DATA\r\n..a\r\n...\r\nb.\r\n.\r\n"), "354|250 2.0.0", SLICE(".a\r\n..\r\nb.\r\n"), "reject" },
	{ "DATA empty", SLICE("DATA\r\n.\r\n"), "354|250 2.0.0", SLICE(""), "reject" },
	{ "8-bit body without BODY=8BITMIME", SLICE("DATA\r\n\xff\xfe\x80\r\n.\r\n"), "354|250 2.0.0", SLICE("\xff\xfe\x80\r\n"), "reject" },
	{ "NUL in DATA", SLICE("DATA\r\na\0b\r\n.\r\n"), "354|250 2.0.0", SLICE("a\0b\r\n"), "reject" },
	{ "header-less / broken MIME", SLICE("DATA\r\nContent-Type: ;;;\r\n x\r\n\r\n--\r\n.\r\n"), "354|250 2.0.0", SLICE("Content-Type: ;;;\r\n x\r\n\r\n--\r\n"), "reject" },
	{ "header-less / broken MIME", SLICE("DATA\r\n\tfolded;\r\n\tmore\r\n.\r\n"), "354|250 2.0.0", SLICE("\tfolded;\r\n\tmore\r\n"), "reject" },
	{ "<LF>.<LF>", SLICE("DATA\r\na\n.\nMAIL FROM:<x>\r\n.\r\nNOOP\r\n"), "354|550 5.5.2|250", { NULL, 0 }, "reject" },
	{ "<LF>.<CRLF>", SLICE("DATA\r\na\n.\r\nb\r\n.\r\nNOOP\r\n"), "354|550 5.5.2|250", { NULL, 0 }, "reject" },
	{ "<CRLF>.<LF>", SLICE("DATA\r\na\r\n.\nb\r\n.\r\nNOOP\r\n"), "354|550 5.5.2|250", { NULL, 0 }, "reject" },
	{ "<CR>.<CR>", SLICE("DATA\r\na\r.\rb\r\n.\r\nNOOP\r\n"), "354|550 5.5.2|250", { NULL, 0 }, "reject" },
	{ "bare CR in DATA", SLICE("DATA\r\na\rb\r\n.\r\n"), "354|550 5.5.2", { NULL, 0 }, "reject" },
	{ "<LF>.<LF>", SLICE("DATA\r\na\n.\nb\r\n.\r\nNOOP\r\n"), "354|250 2.0.0|250", SLICE("a\n.\nb\r\n"), "accept" },
	{ "<LF>.<CRLF>", SLICE("DATA\r\na\n.\r\nb\r\n.\r\nNOOP\r\n"), "354|250 2.0.0|250", SLICE("a\n.\r\nb\r\n"), "accept" },
	{ "<CR>.<CR>", SLICE("DATA\r\na\r.\rb\r\n.\r\nNOOP\r\n"), "354|250 2.0.0|250", SLICE("a\r.\rb\r\n"), "accept" },
	{ "pipelined commands after DATA's dot", SLICE("DATA\r\na\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n"), "354|250 2.0.0|250|250|221|end", SLICE("a\r\n"), "reject" },
	{ "BDAT", SLICE("BDAT 5\r\n.\r\n.\nBDAT 3 LAST\r\nxyz"), "250 2.0.0 5|250 2.0.0 ", SLICE(".\r\n.\nxyz"), "reject" },
	{ "BDAT", SLICE("BDAT 4\r\nabcdBDAT 0 LAST\r\nNOOP\r\n"), "250|250 2.0.0|250", SLICE("abcd"), "reject" },
	{ "BDAT", SLICE("BDAT 0 LAST\r\n"), "250 2.0.0", SLICE(""), "reject" },
	{ "BDAT/DATA mixed", SLICE("BDAT 2\r\nabDATA\r\nMAIL FROM:<x@y>\r\nRCPT TO:<x@y>\r\nBDAT 1 LAST\r\nc"), "250|503 5.5.1 DATA: a message is coming by BDAT|503 5.5.1|503 5.5.1|250 2.0.0", SLICE("abc"), "reject" },
	{ "BDAT/DATA mixed", SLICE("BDAT 2\r\nabRSET\r\nNOOP\r\n"), "250|250|250", { NULL, 0 }, "reject" },
	{ "BDAT size", SLICE("BDAT 6 FIRST\r\nQUIT\r\nNOOP\r\n"), "501 5.5.4|250 2.0.0 Ok", { NULL, 0 }, "reject" },
	{ "BDAT size", SLICE("BDAT x\r\nNOOP\r\n"), "501 5.5.4|end", { NULL, 0 }, "reject" },
	{ "BDAT size", SLICE("BDAT -1\r\nNOOP\r\n"), "501 5.5.4|end", { NULL, 0 }, "reject" },
	{ "BDAT size", SLICE("BDAT\r\nNOOP\r\n"), "501 5.5.4|end", { NULL, 0 }, "reject" },
	{ "BDAT size", SLICE("BDAT 5\0\r\nNOOP\r\n"), "501 5.5.2|end", { NULL, 0 }, "reject" },
	{ "BDAT size", SLICE("BDAT 99999999999999999999999\r\nNOOP\r\n"), "552 5.3.4|end", { NULL, 0 }, "reject" },
	{ "BDAT size", SLICE("BDAT 0\r\nBDAT 2 LAST\r\nab"), "250 2.0.0 0 octets|250 2.0.0", SLICE("ab"), "reject" },
	{ "BDAT size", SLICE("BDAT 1\r\naBDAT 0\r\nBDAT 2 LAST\r\nbcNOOP\r\n"), "250|250|250 2.0.0|250 2.0.0 Ok", SLICE("abc"), "reject" },
	{ "BDAT without recipients", SLICE("RSET\r\nBDAT 6\r\nQUIT\r\nMAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n"), "250|503 5.5.1|250|554 5.5.1|250", { NULL, 0 }, "reject" },
	{ "BINARYMIME via DATA", SLICE("RSET\r\nMAIL FROM:<a@b> BODY=BINARYMIME\r\nRCPT TO:<c@d>\r\nDATA\r\nBDAT 3 LAST\r\n\n\r\0"), "250|250|250|503 5.5.1|250 2.0.0", SLICE("\n\r\0"), "reject" },
	{ "client vanishes mid-DATA", SLICE("DATA\r\nhalf of a message\r\n"), "354", { NULL, 0 }, "reject" },
	{ "client vanishes mid-DATA", SLICE("DATA\r\nall but the last byte\r\n.\r"), "354", { NULL, 0 }, "reject" },
	{ "client vanishes mid-DATA", SLICE("BDAT 100 LAST\r\nhalf"), "", { NULL, 0 }, "reject" },
};
/* clang-format on */

/* The rest of the line is what must come; then the client is gone. */
static void
converse(struct rig *r, size_t i, size_t step)
{
	char all[400];
	struct slice rest;
	int fd = rig_open(r, "smtp");

	snprintf(all, sizeof(all), "%s%s", GREETED, mails[i].expect);
	rest = slice_of(all);
	cr_expect(talk_send(fd, (struct slice)SLICE(HELLO), step));
	talk_send(fd, mails[i].send, step);
	while (rest.n > 0)
		if (!talk_expect(fd, slice_cut(&rest, '|'), mails[i].row, i))
			break;
	rig_half_close(fd);
	/* Until it has cleaned up behind us. */
	while (recv(fd, all, sizeof(all), 0) > 0)
		;
	close(fd);
}

static void
check_mails(const char *bare, size_t step)
{
	for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++) {
		const char *mail = rig_in(rig_place(), "mail");
		struct rig *r;

		if (strcmp(mails[i].bare, bare) != 0)
			continue;
		r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
		    "--durability", "none", "--bare-newline", bare, mail));
		converse(r, i, step);
		cr_expect_eq(rig_stop(r), 0);
		talk_folder(mail, mails[i].stored, mails[i].row);
	}
}

Test(smtp_data, rows)
{
	check_mails("reject", 0);
}

Test(smtp_data, rows_byte_by_byte)
{
	check_mails("reject", 1);
}

Test(smtp_data, rows_with_bare_newlines_accepted)
{
	check_mails("accept", 0);
}

Test(smtp_data, rows_with_bare_newlines_accepted_byte_by_byte)
{
	check_mails("accept", 1);
}

/* Rows "message over limit during DATA", "BDAT size", "loops". */
Test(smtp_data, limits)
{
	static char big[70000], loop[6000];
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r = rig_start(RIG(
	    "berth-smtpd", "-l", "127.0.0.1:0", "--max-size", "60000", mail));
	int fd = rig_open(r, "smtp");

	memset(big, 'x', sizeof(big));
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	for (int way = 0; way < 2; way++) {
		cr_expect(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
		cr_expect(rig_smtp(fd, "RCPT TO:<c@d>", "250"));
		cr_expect(way == 0 ? rig_smtp(fd, "DATA", "354") :
				     rig_send(fd, "BDAT 70000 LAST\r\n"));
		cr_expect(rig_send_bytes(fd, big, sizeof(big)));
		cr_expect(way == 1 || rig_send(fd, "\r\n.\r\n"));
		cr_expect(talk_expect(fd, slice_of("552 5.3.4"),
		    "message over limit during DATA", (size_t)way));
	}
	for (size_t i = 0; i + 13 <= 101 * 13; i += 13)
		memcpy(loop + i, "Received: x\r\n", 13);
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
	cr_expect(rig_smtp(fd, "RCPT TO:<c@d>", "250"));
	cr_expect(rig_smtp(fd, "DATA", "354"));
	cr_expect(rig_send_bytes(fd, loop, 101 * 13));
	cr_expect(rig_send(fd, "\r\nbody\r\n.\r\n"));
	cr_expect(talk_expect(fd, slice_of("554 5.4.6"), "loops", 0));
	cr_expect(rig_smtp(fd, "QUIT", "221"));
	cr_expect_eq(rig_stop(r), 0);
	talk_folder(mail, (struct slice){ NULL, 0 }, "limits");
}

/* Rows "Received:", "Return-Path:": the block, from the file alone. */
Test(smtp_data, the_trace_of_a_message)
{
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r = rig_start(RIG(
	    "berth-smtpd", "-l", "127.0.0.1:0", "--hostname", "mx.test", mail));
	int fd = rig_open(r, "smtp");
	struct slice rest, params, id;
	struct mail_trace t;
	struct buf reply, b;

	buf_init(&b, 100000);
	buf_init(&reply, 100000);
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_expect(rig_smtp(fd, "EHLO client.example", "250"));
	cr_expect(rig_smtp(fd, "AUTH PLAIN AG1lAHNlY3JldA==", "235"));
	cr_expect(
	    rig_smtp(fd, "MAIL FROM:<@x:a@b> RET=HDRS ENVID=Q+2B", "250"));
	cr_expect(rig_smtp(fd, "RCPT TO:<c@d> NOTIFY=NEVER", "250"));
	cr_expect(rig_smtp(fd, "RCPT TO:<\"e f\"@d>", "250"));
	cr_expect(rig_smtp(fd, "DATA", "354"));
	cr_expect(rig_send(fd, "Subject: x\r\n\r\nhi\r\n.\r\n"));
	cr_assert_eq(rig_smtp_reply(fd, &reply), 250);
	cr_expect_eq(rig_stop(r), 0);

	cr_assert_eq(talk_slurp(rig_in(mail, "new"), &b), 1);
	cr_assert_gt(mail_trace_read(buf_slice(&b), &t), 0);
	cr_expect(slice_is(t.from, "a@b"));
	cr_expect(slice_is(t.params, "RET=HDRS ENVID=Q+2B"));
	cr_expect(slice_is(t.user, "me"));
	cr_expect(slice_is(t.helo, "client.example"));
	cr_expect(slice_is(t.address, "127.0.0.1"));
	cr_expect(slice_is(t.host, "mx.test"));
	cr_expect(slice_is(t.with, "ESMTPA"));
	rest = t.rcpts;
	cr_expect(slice_is(mail_trace_rcpt(&rest, &params), "c@d"));
	cr_expect(slice_is(params, "NOTIFY=NEVER"));
	cr_expect(slice_is(mail_trace_rcpt(&rest, &params), "\"e f\"@d"));
	/* The id of the reply is the file's. */
	id = slice_from(buf_slice(&reply), strlen("250 2.0.0 "));
	cr_expect(slice_eq(slice_cut(&id, ' '), t.id));
	buf_free(&b);
	buf_free(&reply);
}

/* A message by BDAT, byte by byte. */
static void
send_bytewise(struct rig *r, const char *message, size_t row)
{
	int fd = rig_open(r, "smtp");
	char line[64];

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO x", "250"));
	cr_assert(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<c@d>", "250"));
	snprintf(line, sizeof(line), "BDAT %zu LAST\r\n", strlen(message));
	cr_assert(rig_send(fd, line));
	for (const char *p = message; *p != '\0'; p++)
		cr_assert(rig_send_bytes(fd, p, 1));
	cr_assert(talk_expect(fd, slice_of("250"), "text", row));
}

/* What has no header of its own does not run into ours. */
Test(smtp_data, an_empty_line_parts_text_from_the_trace)
{
	static const struct {
		const char *sent, *stored;
	} rows[] = {
		{ "hi\r\n", "\r\n\r\nhi\r\n" },
		{ " Bcc: x\r\n", "\r\n\r\n Bcc: x\r\n" },
		{ "From me@x\r\nSubject: x\r\n",
		    "\r\n\r\nFrom me@x\r\nSubject: x\r\n" },
		{ "Subject: x\r\n", "0\r\nSubject: x\r\n" },
		{ "\r\nhi\r\n", "0\r\n\r\nhi\r\n" },
		{ "x", "\r\n\r\nx" },
		{ "", "0\r\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *mail = rig_in(rig_place(), "mail");
		struct rig *r =
		    rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
		struct mail_trace t;
		struct buf b;
		size_t n = strlen(rows[i].stored);
		int head;

		send_bytewise(r, rows[i].sent, i);
		cr_assert_eq(rig_stop(r), 0);
		buf_init(&b, 100000);
		cr_assert_eq(talk_slurp(rig_in(mail, "new"), &b), 1);
		cr_assert(slice_ends(buf_slice(&b), rows[i].stored),
		    "row %zu: %s", i, buf_str(&b));
		head = mail_trace_read(buf_slice(&b), &t);
		cr_assert(slice_is(
		    slice_from(buf_slice(&b), (size_t)head), rows[i].sent));
		cr_assert_geq(b.n, n);
		buf_free(&b);
	}
}
