/*
 * hog_messages.c - MailHog's routes, in MailHog's shapes.
 */
#include "hog_start.h"

#define ONE   "1700000000.M000001P1Q1"
#define TWO   "1700000001.M000001P1Q1"
#define THREE "1700000002.M000001P1Q1"

/* clang-format off */
static const char letter[] =
    "From: =?utf-8?q?J=C3=BCrgen?= <from@one.example>\r\n"
    "To: Somebody <to@two.example>\r\n"
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    "X-Long: one\r\n two\r\n"
    "x-long: other\r\n"
    "X-Twice: first\r\n"
    "X-Twice: second\r\n"
    "Content-Type: multipart/mixed; x-boundary=no;\r\n boundary=\"b-1\"\r\n"
    "\r\n"
    "a preamble\r\n"
    "--b-1\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "Gr=C3=BC=C3=9Fe\r\n--b-1x is no boundary\r\n"
    "--b-1\r\n"
    "Content-Type: multipart/alternative; boundary=inner\r\n"
    "\r\n"
    "--inner\r\n"
    "\r\n"
    "no fields\r\n"
    "--inner--\r\n"
    "--b-1\r\n"
    "Content-Type: application/pdf; name=\"a.pdf\"\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "SGVsbG8=\r\n"
    "--b-1--\r\n"
    "an epilogue\r\n";
/* clang-format on */

static void
fill(void)
{
	put_received(ONE, letter);
	put_received(TWO, "Subject: second\r\n\r\nplain Text\r\n");
	put_received(THREE,
	    "Subject: third\r\nFrom: boss@three.example\r\n"
	    "Message-ID: <x@y>\r\n\r\n.dot\r\n");
}

static void
check_letter(const json_t *m)
{
	expect_text(m, "ID", ONE);
	expect_text(m, "From.Mailbox", "bounce");
	expect_text(m, "From.Domain", "one.example");
	expect_text(m, "From.Params", "");
	cr_expect(json_is_null(at(m, "From.Relays")));
	expect_text(m, "To.0.Mailbox", "to");
	expect_text(m, "To.1.Mailbox", "hidden");
	cr_expect_eq(json_array_size(at(m, "To")), 2);
	expect_text(
	    m, "Content.Headers.Subject.0", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=");
	expect_text(m, "Content.Headers.X-Long.0", "one two");
	expect_text(m, "Content.Headers.x-long.0", "other");
	expect_text(m, "Content.Headers.X-Twice.0", "second");
	cr_expect_eq(json_array_size(at(m, "Content.Headers.X-Twice")), 1);
	expect_text(m, "Content.Headers.Return-Path.0", "<bounce@one.example>");
	expect_text(m, "Content.Headers.Message-ID.0", ONE);
	cr_expect(json_is_string(at(m, "Content.Headers.Received.0")));
	expect_text(m, "Content.Body", strstr(letter, "\r\n\r\n") + 4);
	expect_number(m, "Content.Size", sizeof(letter) - 1);
	cr_expect(json_is_null(at(m, "Content.MIME")));
	expect_text(m, "Created", "2023-11-14T22:13:20.000001Z");
	cr_expect_eq(json_array_size(at(m, "MIME.Parts")), 3);
	expect_text(
	    m, "MIME.Parts.0.Body", "Gr=C3=BC=C3=9Fe\r\n--b-1x is no boundary");
	expect_text(m, "MIME.Parts.0.Headers.Content-Transfer-Encoding.0",
	    "quoted-printable");
	cr_expect(json_is_null(at(m, "MIME.Parts.0.MIME")));
	expect_text(m, "MIME.Parts.1.MIME.Parts.0.Body", "no fields");
	expect_text(m, "MIME.Parts.2.Body", "SGVsbG8=");
	expect_text(m, "Raw.From", "bounce@one.example");
	expect_text(m, "Raw.To.1", "hidden@two.example");
	expect_text(m, "Raw.Helo", "client.example");
	expect_text(m, "Raw.Data", letter);
}

Test(hog, listing)
{
	json_t *all, *one;
	struct rig_reply r;

	start_inbox(NULL);
	all = get_json("/api/v2/messages");
	expect_number(all, "total", 0);
	cr_expect(json_is_array(at(all, "items")));
	json_decref(all);
	fill();
	all = get_json("/api/v2/messages");
	expect_number(all, "total", 3);
	expect_number(all, "count", 3);
	expect_number(all, "start", 0);
	expect_text(all, "items.0.ID", THREE);
	expect_text(all, "items.0.Content.Headers.Message-ID.0", "<x@y>");
	expect_text(all, "items.0.Content.Body", ".dot\r\n");
	cr_expect(json_is_null(at(all, "items.0.MIME")));
	check_letter(at(all, "items.2"));
	json_decref(all);
	all = get_json("/api/v2/messages?start=1&limit=1");
	expect_number(all, "total", 3);
	expect_number(all, "count", 1);
	expect_number(all, "start", 1);
	expect_text(all, "items.0.ID", TWO);
	cr_expect_eq(json_array_size(at(all, "items")), 1);
	json_decref(all);
	one = get_json("/api/v1/messages/" ONE);
	check_letter(one);
	json_decref(one);
	cr_assert(rig_get(rig_address(inbox_rig, "inbox"),
	    "/api/v2/messages?limit=9999", &r));
	cr_expect(slice_is(rig_header(&r, "Content-Type"), "text/json"));
	rig_reply_free(&r);
	/* Mailpit's list has that path, unless --api-compat says otherwise. */
	all = get_json("/api/v1/messages");
	expect_number(all, "total", 3);
	cr_expect(json_is_false(at(all, "messages.0.Read")),
	    "who asks as MailHog's clients do does not mark it read");
	json_decref(all);
}

Test(hog, compat)
{
	json_t *all;

	start_inbox("--api-compat=mailhog");
	fill();
	all = get_json("/api/v1/messages");
	cr_expect_eq(json_array_size(all), 3);
	expect_text(all, "0.ID", THREE);
	check_letter(at(all, "2"));
	json_decref(all);
}

Test(hog, search)
{
	static const struct {
		const char *query;
		int total;
		const char *first; /* its ID */
	} all[] = {
		{ "kind=from&query=bounce@one", 3, THREE },
		{ "kind=from&query=BOSS@three", 1, THREE },
		{ "kind=from&query=nobody", 0, NULL },
		{ "kind=to&query=hidden@two.example", 3, THREE },
		{ "kind=to&query=somebody", 1, ONE },
		{ "kind=containing&query=plain+text", 1, TWO },
		{ "kind=containing&query=Gr%3DC3%3DBC", 1, ONE },
		{ "kind=containing&query=gr%C3%BC", 0, NULL },
		{ "kind=to&query=two&limit=1&start=1", 3, TWO },
	};
	char path[200];

	start_inbox(NULL);
	fill();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		json_t *found;

		snprintf(path, sizeof(path), "/api/v2/search?%s", all[i].query);
		found = get_json(path);
		expect_number(found, "total", all[i].total);
		if (all[i].first != NULL)
			expect_text(found, "items.0.ID", all[i].first);
		json_decref(found);
	}
}

Test(hog, faults)
{
	static const struct {
		const char *method, *path;
		int status;
	} all[] = {
		{ "GET", "/api/v2/search", 400 },
		{ "GET", "/api/v2/search?kind=from", 400 },
		{ "GET", "/api/v2/search?kind=from&query=", 400 },
		{ "GET", "/api/v2/search?kind=subject&query=x", 400 },
		{ "GET", "/api/v1/messages/none", 404 },
		{ "DELETE", "/api/v1/messages/none", 404 },
		{ "GET", "/api/v1/messages/none/download", 404 },
		{ "GET", "/api/v1/messages/" TWO "/mime/part/0/download", 404 },
		{ "GET", "/api/v1/messages/" ONE "/mime/part/9/download", 404 },
		{ "GET", "/api/v1/messages/" ONE "/mime/part/x/download", 404 },
		{ "POST", "/api/v1/messages/" ONE "/release", 501 },
		{ "GET", "/api/v2/outgoing-smtp", 200 },
		{ "GET", "/api/v2/websocket", 426 },
		{ "POST", "/api/v2/messages", 405 },
	};

	start_inbox(NULL);
	fill();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int status;

		json_decref(ask_json(all[i].method, all[i].path, "", &status));
		cr_expect_eq(status, all[i].status, "%s %s: %d", all[i].method,
		    all[i].path, status);
	}
}

Test(hog, bytes)
{
	struct rig_reply r;
	const char *address;

	start_inbox(NULL);
	fill();
	address = rig_address(inbox_rig, "inbox");
	cr_assert(rig_get(address, "/api/v1/messages/" ONE "/download", &r));
	cr_expect(slice_is(r.body, letter));
	cr_expect(slice_is(rig_header(&r, "Content-Disposition"),
	    "attachment; filename=\"" ONE ".eml\""));
	rig_reply_free(&r);
	cr_assert(rig_get(
	    address, "/api/v1/messages/" ONE "/mime/part/2/download", &r));
	cr_expect(slice_is(r.body, "Hello"));
	cr_expect(slice_is(rig_header(&r, "Content-Type"), "application/pdf"));
	rig_reply_free(&r);
}

Test(hog, delete)
{
	json_t *all;
	int status;

	start_inbox(NULL);
	fill();
	json_decref(ask_json("DELETE", "/api/v1/messages/" TWO, "", &status));
	cr_expect_eq(status, 200);
	cr_expect_neq(access(rig_in(mail, "new/" TWO ".host"), F_OK), 0);
	all = get_json("/api/v2/messages");
	expect_number(all, "total", 2);
	json_decref(all);
	json_decref(ask_json("DELETE", "/api/v1/messages", "", &status));
	cr_expect_eq(status, 200);
	all = get_json("/api/v2/messages");
	expect_number(all, "total", 0);
	json_decref(all);
}

/* A message that comes is told, whole. */
Test(hog, events)
{
	struct buf b;
	json_t *m;
	char *line;
	int fd;

	start_inbox(NULL);
	fd = rig_open(inbox_rig, "inbox");
	cr_assert(rig_send(
	    fd, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	buf_init(&b, RIG_BUF_MAX);
	cr_assert(rig_read_through(fd, &b, "\r\n\r\n"));
	cr_assert(strstr(buf_str(&b), "text/event-stream") != NULL);
	cr_assert(rig_read_through(fd, &b, "\n\n"));
	put_received(ONE, letter);
	buf_clear(&b);
	cr_assert(rig_read_through(fd, &b, "\n\n"));
	line = strstr(buf_str(&b), "data: ");
	cr_assert_not_null(line);
	m = json_loads(line + 6, JSON_DISABLE_EOF_CHECK, NULL);
	check_letter(m);
	json_decref(m);
	close(fd);
}

/* What is no mail at all, or a broken one, is told as well as can be. */
Test(hog, broken)
{
	static const char *const all[] = {
		"",
		"\r\n",
		"no fields at all",
		"Subject: only fields\r\n",
		": no name\r\n\r\nx",
		" folded first\r\nA: b\r\n\r\nx",
		"Content-Type: multipart/mixed\r\n\r\nno boundary",
		"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n--",
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\ncut",
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x--\r\n",
		"A: \xff\xfe\r\n\r\n\xff\x01\x80",
	};
	json_t *list;

	start_inbox(NULL);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char id[64];

		snprintf(id, sizeof(id), "17000000%02zu.M000001P1Q1", i);
		put_received(id, all[i]);
		snprintf(id, sizeof(id), "18000000%02zu.M000001P1Q1.host", i);
		put_mail(id, all[i]);
	}
	list = get_json("/api/v2/messages");
	expect_number(
	    list, "total", 2 * (long long)(sizeof(all) / sizeof(all[0])));
	cr_expect_eq(json_array_size(at(list, "items")),
	    2 * sizeof(all) / sizeof(all[0]));
	json_decref(list);
}
