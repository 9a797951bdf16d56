/*
 * inbox_release.c - --relay: a message that was caught goes on to a real mail
 * server, and to nobody but those who may have it.
 *
 * By TLS: release_secure.c.  The process that sends: relay.c.
 */
#include <sys/socket.h>

#include "release_start.h"
#include "rig/h2.h"

static void
start_relay_at(const char *to, unsigned port)
{
	make_place();
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", "--relay",
		       at("127.0.0.1:%u", port), "--relay-to", to, mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
}

static void
start_relay(const char *to)
{
	far_mail = rig_in(rig_place(), "far");
	far = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", far_mail));
	start_relay_at(to, rig_port(far, "smtp"));
}

Test(inbox_release, a_message_goes_out_as_it_was_sent)
{
	struct rig_reply r;
	const char *id, *text;

	start_relay("*@b.example");
	id = send_to(
	    "x@x.example", MAIL("hello", "line\r\n..dots\r\n\r\nlast line"));
	cr_assert_eq(
	    release(id, "{\"To\":[\"Bob@B.Example\",\"c@b.example\"]}", &r),
	    200, "%.*s", SLICE_FMT(r.body));
	cr_expect(slice_is(r.body, "ok"));
	text = arrived();
	cr_expect_not_null(strstr(text, "Return-Path: <ann@a.example>\r\n"));
	cr_expect_not_null(strstr(text, "Delivered-To: Bob@B.Example\r\n"));
	cr_expect_not_null(strstr(text, "Delivered-To: c@b.example\r\n"));
	cr_expect_not_null(strstr(text, "Subject: hello\r\n"));
	cr_expect_not_null(
	    strstr(text, "\r\n\r\nline\r\n.dots\r\n\r\nlast line\r\n"));
	/* Nothing of our own envelope. */
	cr_expect_null(strstr(text, "x@x.example"));
	/* And what the page and clients learn of it. */
	cr_assert_eq(ask("GET", "/api/v1/webui", NULL, &r), 200);
	cr_expect(says(&r, "\"Enabled\":true,\"SMTPServer\":\"127.0.0.1:"));
	cr_expect(says(&r, "\"AllowedRecipients\":\"*@b.example\""));
	cr_expect(rig_hear(inbox, "]: relayed a message"));
	stop_relay();
}

/* ---- byte for byte: a server that keeps what comes over the wire ---- */

struct sink {
	bool high; /* offers 8BITMIME */
	volatile bool whole;
	size_t n;
	char data[65536]; /* between 354 and the dot */
};

/* A line, with its end; or as much as there is. */
static size_t
line_of(int fd, char *to, size_t room)
{
	size_t n = 0;

	while (n < room && recv(fd, to + n, 1, 0) == 1)
		if (to[n++] == '\n')
			break;
	return n;
}

static void
take_data(int fd, struct sink *s)
{
	size_t n;

	while ((n = line_of(fd, s->data + s->n, sizeof(s->data) - s->n)) > 0) {
		if (n == 3 && memcmp(s->data + s->n, ".\r\n", 3) == 0) {
			s->whole = true;
			return;
		}
		s->n += n;
	}
}

static void
play_sink(int fd, void *with)
{
	struct sink *s = with;
	const char *hello =
	    s->high ? "250-sink\r\n250 8BITMIME\r\n" : "250 sink\r\n";
	const char *reply = "220 sink\r\n";
	char line[1024];
	size_t n;

	while (rig_try(fd, reply, strlen(reply)) &&
	    (n = line_of(fd, line, sizeof(line))) > 0) {
		reply = strncmp(line, "EHLO", 4) == 0 ? hello :
		    strncmp(line, "QUIT", 4) == 0     ? "221 bye\r\n" :
							"250 ok\r\n";
		if (strncmp(line, "DATA", 4) != 0)
			continue;
		rig_try(fd, "354 go\r\n", 8);
		take_data(fd, s);
	}
}

#define LONG100                                                                \
	"01234567890123456789012345678901234567890123456789012345678901234567" \
	"89"                                                                   \
	"012345678901234567890123456789"
#define LONG500 LONG100 LONG100 LONG100 LONG100 LONG100

/* What a client that mends messages would mend, all that is missing and all
 * that is odd: not a byte of it is another one. */
static const char *const as_sent[] = {
	"Subject: no Date, no From, no Message-ID\r\n\r\ntext\r\n",
	"Bcc: secret@b.example\r\nSubject: \r\nFrom:\r\n\r\n"
	"..a dot\r\n...\r\n\r\n",
	"just a text, and no header\r\n",
	"\xef\xbb\xbf"
	"Subject: a BOM\r\n\r\n\xc3\xbc \xff\r\n",
	"From me@a.example Fri Nov 27 00:00:00 2026\r\n"
	"Subject: of an mbox\r\n\r\n  \t \r\n",
	"Subject:  two  blanks \r\n\tfolded\r\nX: y\r\nx: y\r\n\r\n"
	"trailing blanks  \r\n",
	"Subject: a long line\r\n\r\n" LONG500 LONG500 "\r\nend\r\n",
};

Test(inbox_release, not_a_byte_is_changed)
{
	for (size_t i = 0; i < sizeof(as_sent) / sizeof(as_sent[0]); i++) {
		struct sink *s = calloc(1, sizeof(*s));
		size_t n = strlen(as_sent[i]);
		struct rig_reply r;
		const char *id;

		s->high = true;
		start_relay_at("*", rig_stand_in(play_sink, s));
		id = send_to("x@x.example", as_sent[i]);
		cr_assert_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 200,
		    "%zu: %.*s", i, SLICE_FMT(r.body));
		cr_expect(s->whole, "%zu", i);
		cr_expect(s->n == n && memcmp(s->data, as_sent[i], n) == 0,
		    "%zu: %.*s", i, (int)s->n, s->data);
		stop();
	}
}

Test(inbox_release, a_server_that_would_need_another_message_gets_none)
{
	static struct sink s; /* of seven bits */
	struct rig_reply r;
	const char *id;

	start_relay_at("*", rig_stand_in(play_sink, &s));
	id = send_to("x@x.example", MAIL("eight", "\xc3\xbc"));
	cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 400);
	cr_expect(says(&r, "8BITMIME"), "%.*s", SLICE_FMT(r.body));
	cr_expect_eq(s.n, 0);
	stop();
}

Test(inbox_release, mailhogs_clients_can_do_it_too)
{
	struct rig_reply r;
	char path[256];
	const char *id;

	start_relay("*");
	id = send_to("x@x.example", MAIL("hog", "text"));
	snprintf(path, sizeof(path), "/api/v1/messages/%s/release", id);
	/* Another server than the one that was named by an option: no. */
	cr_assert_eq(ask("POST", path,
			 "{\"Email\":\"b@b.example\",\"Host\":\"evil\","
			 "\"Port\":\"25\"}",
			 &r),
	    400);
	cr_expect_eq(arrived()[0], '\0');
	cr_assert_eq(
	    ask("POST", path,
		"{\"email\":\"b@b.example\",\"host\":\"127.0.0.1\"}", &r),
	    200);
	cr_expect_not_null(strstr(arrived(), "Subject: hog\r\n"));
	/* Where it may go, and no password. */
	cr_assert_eq(ask("GET", "/api/v2/outgoing-smtp", NULL, &r), 200);
	cr_expect(slice_is(r.body,
		      at("{\"127.0.0.1:%u\":{\"Name\":\"127.0.0.1:%u\","
			 "\"Save\":false,\"Email\":\"\","
			 "\"Host\":\"127.0.0.1\",\"Port\":\"%u\","
			 "\"Username\":\"\",\"Password\":\"\","
			 "\"Mechanism\":\"\"}}",
			  rig_port(far, "smtp"), rig_port(far, "smtp"),
			  rig_port(far, "smtp"))),
	    "%.*s", SLICE_FMT(r.body));
	stop_relay();
}

Test(inbox_release, nobody_gets_it_who_may_not)
{
	static const struct {
		const char *body, *words;
	} rows[] = {
		{ "{\"To\":[]}", "no recipients" },
		{ "{}", "no recipients" },
		{ "{\"To\":\"b@b.example\"}", "no recipients" },
		{ "{\"To\":[7]}", "no address" },
		{ "{\"To\":[\"\"]}", "no address" },
		{ "{\"To\":[\"bob\"]}", "no address" },
		{ "{\"To\":[\"-v\"]}", "no address" },
		{ "{\"To\":[\"b@b.example,c@c.example\"]}", "no address" },
		{ "{\"To\":[\"<b@b.example>\"]}", "no address" },
		{ "{\"To\":[\"b@b.example\\r\\nRCPT TO:<c@c.example>\"]}",
		    "no address" },
		{ "{\"To\":[\"c@c.example\"]}", "--relay-to" },
		{ "{\"To\":[\"b@b.example\",\"b@b.example.net\"]}",
		    "--relay-to" },
	};
	struct rig_reply r;
	const char *id;

	start_relay("*@b.example");
	id = send_to("x@x.example", MAIL("no", "text"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(
		    release(id, rows[i].body, &r), 400, "%s", rows[i].body);
		cr_expect(says(&r, rows[i].words), "%s: %.*s", rows[i].body,
		    SLICE_FMT(r.body));
	}
	cr_expect_eq(release("nothing", "{\"To\":[\"b@b.example\"]}", &r), 404);
	cr_expect_eq(arrived()[0], '\0');
	stop_relay();
}

Test(inbox_release, what_the_server_says_is_told)
{
	struct rig_reply r;
	const char *id;

	start_relay("*");
	id = send_to("x@x.example", MAIL("gone", "text"));
	cr_assert_eq(rig_stop(far), 0);
	cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 502);
	cr_expect(says(&r, "refused"), "%.*s", SLICE_FMT(r.body));
	stop();
}

Test(inbox_release, without_the_option_nothing_leaves)
{
	struct rig_reply r;
	const char *id;

	start();
	id = send_to("x@x.example", MAIL("stay", "text"));
	cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 400);
	cr_expect(says(&r, "--relay HOST:PORT"));
	cr_assert_eq(ask("GET", "/api/v1/webui", NULL, &r), 200);
	cr_expect(says(&r, "\"Enabled\":false"));
	cr_assert_eq(ask("GET", "/api/v2/outgoing-smtp", NULL, &r), 200);
	cr_expect(slice_is(r.body, "{}"));
	stop();
}

/* ---- several on one connection ---- */

static void
ask_release(struct rig_h2 *h, uint32_t stream, const char *id, const char *to)
{
	const char *body = at("{\"To\":[\"%s\"]}", to);
	char head[512];

	snprintf(head, sizeof(head),
	    ":method POST\n:scheme http\n:authority localhost\n"
	    ":path /api/v1/message/%s/release\n",
	    id);
	cr_assert(rig_h2_head(h, stream, 0, head));
	cr_assert(
	    rig_h2_say(h, H2_DATA, H2_END_STREAM, stream, body, strlen(body)));
}

/* An answer is sent when there is a window for it, and told in the log then. */
Test(inbox_release, beside_each_other)
{
	struct rig_h2 *h;
	const char *id;
	int count;

	start_relay("*@b.example");
	id = send_to("x@x.example", MAIL("two", "text"));
	h = rig_h2_open(rig_open(inbox, "inbox"));
	cr_assert(rig_h2_set(h, 4, 0)); /* INITIAL_WINDOW_SIZE */
	ask_release(h, 1, id, "one@c.example");
	ask_release(h, 3, id, "two@c.example");
	ask_release(h, 5, id, "one@b.example");
	ask_release(h, 7, id, "two@b.example");
	for (uint32_t i = 1; i <= 7; i += 2) {
		while (rig_h2_of(h, i)->status == 0)
			cr_assert(rig_h2_hear(h));
		cr_expect_eq(rig_h2_of(h, i)->status, i < 5 ? 400 : 200);
	}
	for (uint32_t i = 1; i <= 7; i += 2)
		cr_assert(rig_h2_number(h, H2_WINDOW_UPDATE, i, 65535));
	for (uint32_t i = 1; i <= 7; i += 2)
		cr_assert(rig_h2_until(h, i));
	cr_expect(rig_hear(inbox, "one@c.example is not one of --relay-to"));
	cr_expect(rig_hear(inbox, "two@c.example is not one of --relay-to"));
	all_arrived(&count);
	cr_expect_eq(count, 2);
	close(h->fd);
	stop_relay();
}
