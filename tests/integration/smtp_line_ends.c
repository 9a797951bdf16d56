/*
 * smtp_line_ends.c - tests of --line-ends: what lies in the Maildir, and that
 * the inbox gives back what was sent.
 */
#include "inbox_start.h"
#undef MAIL /* each has its own */
#include "smtp_talk.h"

/* Send by BDAT; body is a parameter of MAIL. */
static const char *
send_chunk(struct slice message, const char *body)
{
	static char id[128];
	int fd = rig_open(smtp, "smtp");
	struct buf reply;
	char line[64];

	buf_init(&reply, 4096);
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO client.example", "250"));
	cr_assert(
	    rig_smtp(fd, at("MAIL FROM:<a@b.example> BODY=%s", body), "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<c@d.example>", "250"));
	snprintf(line, sizeof(line), "BDAT %zu LAST\r\n", message.n);
	cr_assert(rig_send(fd, line));
	cr_assert(rig_send_bytes(fd, message.p, message.n));
	cr_assert_eq(rig_smtp_reply(fd, &reply), 250);
	cr_assert_eq(sscanf(buf_str(&reply), "250 2.0.0 %127s", id), 1);
	buf_free(&reply);
	close(fd);
	return id;
}

/* The file's last bytes; none of it is left behind. */
static void
expect_stored(struct slice stored, bool lf, size_t row)
{
	struct buf b;
	struct mail_trace t;
	int head;

	buf_init(&b, RIG_BUF_MAX);
	cr_assert_eq(talk_slurp(rig_in(mail, "new"), &b), 1, "row %zu", row);
	head = mail_trace_read(buf_slice(&b), &t);
	cr_assert_gt(head, 0, "row %zu", row);
	cr_expect_eq(t.lf, lf, "row %zu: the block's lines", row);
	cr_expect_eq(
	    memchr(b.p, '\r', (size_t)head) == NULL, lf, "row %zu", row);
	cr_expect(slice_eq(slice_from(buf_slice(&b), (size_t)head), stored),
	    "row %zu: %s", row, buf_str(&b));
	buf_free(&b);
}

/* The index may be behind the Maildir for as long as it likes. */
static bool
is_there(void *arg)
{
	const char *const *id = arg;
	struct rig_reply r;

	return ask("GET", at("/api/v1/message/%s/sent", *id), NULL, &r) == 200;
}

/* /sent, and MailHog's Data, are what was sent. */
static void
expect_sent(const char *id, struct slice sent, bool text, size_t row)
{
	struct rig_reply r;
	json_t *all, *raw;

	cr_assert(rig_until("the message", is_there, &id));
	cr_assert_eq(
	    ask("GET", at("/api/v1/message/%s/sent", id), NULL, &r), 200);
	cr_expect(
	    slice_eq(r.body, sent), "row %zu: %.*s", row, SLICE_FMT(r.body));
	if (!text)
		return;
	all = get("/api/v2/messages", 200);
	raw = json_object_get(nth(all, "items", 0), "Raw");
	cr_expect(
	    slice_eq(slice_of(json_string_value(json_object_get(raw, "Data"))),
		sent),
	    "row %zu: MailHog", row);
	json_decref(all);
}

static void
start_with(const char *ends)
{
	make_place();
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", "--bare-newline", "accept",
		"--line-ends", ends, mail));
}

#define HEAD    "Subject: ends\r\n\r\n"
#define HEAD_LF "Subject: ends\n\n"

Test(smtp_line_ends, lf_in_the_maildir_and_back, .fini = stop)
{
	static const struct {
		const char *sent, *stored;
	} rows[] = {
		{ HEAD "a\r\nb\r\n", HEAD_LF "a\nb\n" },
		{ HEAD "no end", HEAD_LF "no end" },
		{ HEAD "a\r\n\r", HEAD_LF "a\n\r" },
		{ HEAD "bare\nand\rboth\r\r\n",
		    HEAD_LF "bare\r\nand\rboth\r\r\n" },
		{ "no header\r\n", "\nno header\n" },
	};

	start_with("lf");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice sent = slice_of(rows[i].sent), kept;
		const char *id = send_chunk(sent, "8BITMIME");

		kept = slice_of(rows[i].stored);
		/* The empty line before it is the block's. */
		expect_stored(
		    kept.p[0] == '\n' ? slice_from(kept, 1) : kept, true, i);
		expect_sent(id, sent, true, i);
		cr_assert_eq(
		    ask("DELETE", "/api/v1/messages", NULL, NULL), 200);
	}
}

/* More than any buffer on the way: no end of a line is lost between two. */
Test(smtp_line_ends, a_long_message, .fini = stop)
{
	struct buf sent, kept;
	const char *id;

	buf_init(&sent, 1 << 20);
	buf_init(&kept, 1 << 20);
	buf_addz(&sent, HEAD);
	buf_addz(&kept, HEAD_LF);
	for (int i = 0; sent.n < 300000; i++) {
		buf_addf(&sent, "%.*s\r\n", i % 71, at("%071d", 0));
		buf_addf(&kept, "%.*s\n", i % 71, at("%071d", 0));
	}
	start_with("lf");
	id = send_chunk(buf_slice(&sent), "7BIT");
	expect_stored(buf_slice(&kept), true, 0);
	expect_sent(id, buf_slice(&sent), true, 0);
	buf_free(&sent);
	buf_free(&kept);
}

Test(smtp_line_ends, what_is_no_text_is_kept_as_it_is, .fini = stop)
{
	static const char bytes[] =
	    "Content-Type: application/octet-stream\r\n"
	    "Content-Transfer-Encoding: binary\r\n\r\n\0\r\n\n\r\r\n\xff";
	struct slice sent = { bytes, sizeof(bytes) - 1 };
	const char *id;

	start_with("lf");
	id = send_chunk(sent, "BINARYMIME");
	expect_stored(sent, false, 0);
	expect_sent(id, sent, false, 0);
}

Test(smtp_line_ends, crlf_is_as_sent, .fini = stop)
{
	struct slice sent = SLICE(HEAD "a\r\nb\nc\r\r\n");
	const char *id;

	start_with("crlf");
	id = send_chunk(sent, "8BITMIME");
	expect_stored(sent, false, 0);
	expect_sent(id, sent, true, 0);
}

/* The index and the API read both. */
Test(smtp_line_ends, the_inbox_knows_both, .fini = stop)
{
	static const char mixed[] =
	    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
	    "the words\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\n"
	    "Content-Transfer-Encoding: "
	    "base64\r\n\r\nYSxiCjEsMgo=\r\n--b--\r\n";

	start_with("lf");
	for (int i = 0; i < 2; i++) {
		const char *id = i == 0 ?
		    send_to("c@d.example", mixed) :
		    send_chunk(slice_of(mixed), "BINARYMIME");
		json_t *j = get(at("/api/v1/message/%s", id), 200);
		struct rig_reply r;

		cr_expect_str_eq(text(j, "Subject"),
		    "Gr\xc3\xbc\xc3\x9f"
		    "e");
		cr_expect_not_null(strstr(text(j, "Text"), "the words"));
		cr_expect_eq(
		    ask("GET", at("/api/v1/message/%s/part/2", id), NULL, &r),
		    200);
		cr_expect(slice_is(r.body, "a,b\n1,2\n"));
		json_decref(j);
	}
	cr_expect_eq(count("/api/v1/search?query=words"), 2);
}

/* What is made by the API of the suite's inbox lies there in the same way. */
Test(smtp_line_ends, what_the_api_sends_too)
{
	static const char order[] =
	    "{\"From\":{\"Email\":\"a@b.example\"},"
	    "\"To\":[{\"Email\":\"c@d.example\"}],"
	    "\"Subject\":\"made\",\"Text\":\"one\\ntwo\"}";
	static const char *const ends[] = { "lf", "crlf" };

	for (size_t i = 0; i < 2; i++) {
		struct rig_reply r;
		struct buf b;

		make_place();
		inbox = rig_start(RIG("berth", "-q", "--http", "off", "--smtp",
		    "off", "--inbox", "127.0.0.1:0", "--line-ends", ends[i],
		    "--mail", mail, rig_place()));
		cr_assert_eq(ask("POST", "/api/v1/send", order, NULL), 200);
		buf_init(&b, RIG_BUF_MAX);
		cr_assert_eq(talk_slurp(rig_in(mail, "new"), &b), 1);
		cr_expect_eq(
		    memchr(b.p, '\r', b.n) == NULL, i == 0, "%s", ends[i]);
		cr_assert_eq(
		    ask("GET", "/api/v1/message/latest/sent", NULL, &r), 200);
		cr_expect(slice_starts(r.body, "Date: ") ||
		    slice_starts(r.body, "From: "));
		cr_expect_not_null(
		    memmem(r.body.p, r.body.n, "one\r\ntwo", 8), "%s", ends[i]);
		rig_reply_free(&r);
		buf_free(&b);
		cr_expect_eq(rig_stop(inbox), 0);
	}
}
