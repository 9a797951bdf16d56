/*
 * inbox_api.c - the inbox's API: lists, searches, marks, deletes, one message
 * and its parts.
 */
#include "inbox_start.h"

#define PARTS                                                             \
	"From: ann@a.example\r\nTo: bob@b.example\r\nSubject: parts\r\n"  \
	"MIME-Version: 1.0\r\n"                                           \
	"Content-Type: multipart/mixed; boundary=x\r\n\r\n"               \
	"--x\r\nContent-Type: text/plain; charset=utf-8\r\n"              \
	"Content-Transfer-Encoding: quoted-printable\r\n\r\n"             \
	"Gr=C3=BC=\r\n=C3=9Fe\r\n"                                        \
	"--x\r\nContent-Type: text/html\r\n\r\n"                          \
	"<p onclick=x>Hello<script>1</script><img src=\"cid:pic@x\">\r\n" \
	"--x\r\nContent-Type: image/png\r\nContent-ID: <pic@x>\r\n"       \
	"Content-Disposition: attachment; filename=\"../a b.png\"\r\n"    \
	"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"       \
	"--x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"         \
	"Content-Transfer-Encoding: 8bit\r\n\r\ncaf\xe9\r\n--x--\r\n"

TestSuite(inbox_api, .init = start, .fini = stop);

Test(inbox_api, lists_newest_first_with_the_envelope)
{
	json_t *j;
	const json_t *one;

	send_to("bob@b.example", MAIL("one", "first"));
	send_to("secret@b.example", MAIL("two", "second"));
	j = get("/api/v1/messages", 200);
	cr_expect_eq(number(j, "total"), 2);
	cr_expect_eq(number(j, "unread"), 2);
	cr_expect_eq(number(j, "count"), 2);
	one = nth(j, "messages", 0);
	cr_expect_str_eq(text(one, "Subject"), "two");
	cr_expect_str_eq(text(one, "Snippet"), "second");
	one = json_object_get(one, "Envelope");
	cr_expect_str_eq(text(one, "From"), "ann@a.example");
	cr_expect_str_eq(
	    json_string_value(nth(one, "To", 0)), "secret@b.example");
	json_decref(j);
	j = get("/api/v1/messages?start=1&limit=1", 200);
	cr_expect_eq(number(j, "total"), 2);
	cr_expect_eq(number(j, "start"), 1);
	cr_expect_str_eq(text(nth(j, "messages", 0), "Subject"), "one");
	json_decref(j);
	cr_expect_eq(ask("GET", "/api/v1/messages?start=x", NULL, NULL), 400);
}

Test(inbox_api, searches_and_says_what_it_did_not_understand)
{
	json_t *j;

	send_to("bob@b.example", MAIL("apple", "green"));
	send_to("bob@b.example", MAIL("pear", "green"));
	cr_expect_eq(count("/api/v1/search?query=green"), 2);
	cr_expect_eq(count("/api/v1/search?query=green+-subject:pear"), 1);
	cr_expect_eq(count("/api/v1/search?query=is:read"), 0);
	j = get("/api/v1/search?query=before:never", 200);
	cr_expect_not_null(strstr(text(j, "Wrong"), "before:never"));
	json_decref(j);
	j = get("/api/v1/search?query=green", 200);
	cr_expect_str_eq(text(j, "Wrong"), "");
	json_decref(j);
	cr_expect_eq(ask("GET", "/api/v1/search?query=", NULL, NULL), 400);
	cr_expect_eq(ask("GET", "/api/v1/search", NULL, NULL), 400);
}

Test(inbox_api, knows_how_much_there_is)
{
	json_t *info, *list;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	send_to("b@b.example", MAIL("one", "x"));
	send_to("b@b.example", MAIL("two", "longer"));
	list = get("/api/v1/messages", 200);
	info = get("/api/v1/info", 200);
	cr_expect_eq(number(info, "Messages"), 2);
	cr_expect_eq(number(info, "Unread"), 2);
	cr_expect_eq(
	    number(json_object_get(info, "RuntimeStats"), "SMTPAcceptedSize"),
	    number(nth(list, "messages", 0), "Size") +
		number(nth(list, "messages", 1), "Size"));
	json_decref(info);
	json_decref(list);
}

Test(inbox_api, what_is_marked_and_deleted_is_so_in_the_next_answer)
{
	const char *one = strdup(send_to("b@b.example", MAIL("one", "x")));
	const char *two = strdup(send_to("b@b.example", MAIL("two", "x")));

	send_to("b@b.example", MAIL("three", "x"));
	cr_expect_eq(
	    ask("PUT", "/api/v1/messages",
		at("{\"IDs\":[\"%s\",\"%s\"],\"Read\":true}", one, two), NULL),
	    200);
	cr_expect_eq(count("/api/v1/search?query=is:read"), 2);
	cr_expect_eq(ask("PUT", "/api/v1/messages",
			 "{\"Search\":\"subject:two\",\"Read\":false}", NULL),
	    200);
	cr_expect_eq(count("/api/v1/search?query=is:read"), 1);
	cr_expect_eq(
	    ask("DELETE", "/api/v1/messages",
		at("{\"IDs\":[\"%s\",\"%s\",\"none\"]}", one, one), NULL),
	    200);
	cr_expect_eq(count("/api/v1/messages"), 2);
	cr_expect_eq(
	    ask("DELETE", "/api/v1/search?query=subject:two", NULL, NULL), 200);
	cr_expect_eq(count("/api/v1/messages"), 1);
	cr_expect_eq(ask("DELETE", "/api/v1/messages", NULL, NULL), 200);
	cr_expect_eq(count("/api/v1/messages"), 0);
	cr_expect_eq(ask("PUT", "/api/v1/messages", "[1]", NULL), 400);
	cr_expect_eq(ask("DELETE", "/api/v1/search", NULL, NULL), 400);
	cr_expect_eq(ask("POST", "/api/v1/messages", NULL, NULL), 405);
}

/* What is not clearly all of it is not all. */
Test(inbox_api, a_slip_deletes_nothing)
{
	static const char *const bodies[] = { "{\"IDs\":\"one\"}",
		"{\"IDs\":{}}", "{\"IDs\":[1]}", "{\"IDs\":true}", "[]", "{" };

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	send_to("b@b.example", MAIL("one", "x"));
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		cr_expect_eq(ask("DELETE", "/api/v1/messages", bodies[i], NULL),
		    400, "%s", bodies[i]);
		cr_expect_eq(ask("PUT", "/api/v1/messages", bodies[i], NULL),
		    400, "%s", bodies[i]);
	}
	cr_expect_eq(
	    ask("DELETE", "/api/v1/search?query=%22", NULL, NULL), 400);
	cr_expect_eq(ask("DELETE", "/api/v1/search", NULL, NULL), 400);
	cr_expect_eq(
	    ask("DELETE", "/api/v1/search?query=before:x", NULL, NULL), 200);
	cr_expect_eq(
	    ask("DELETE", "/api/v1/messages?mailbox=%00", NULL, NULL), 400);
	cr_expect_eq(count("/api/v1/messages"), 1);
}

Test(inbox_api, the_latest_is_an_id)
{
	json_t *j;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	send_to("b@b.example", MAIL("one", "x"));
	send_to("b@b.example", MAIL("two", "x"));
	cr_expect_eq(ask("PUT", "/api/v1/tags",
			 "{\"IDs\":[\"latest\"],\"Tags\":[\"red\"]}", NULL),
	    200);
	cr_expect_eq(ask("PUT", "/api/v1/messages",
			 "{\"IDs\":[\"latest\"],\"Read\":true}", NULL),
	    200);
	j = get("/api/v1/search?query=is:read+tag:red", 200);
	cr_expect_eq(number(j, "count"), 1);
	cr_expect_str_eq(text(nth(j, "messages", 0), "Subject"), "two");
	json_decref(j);
	cr_expect_eq(ask("DELETE", "/api/v1/messages",
			 "{\"IDs\":[\"latest\",\"latest\"]}", NULL),
	    200);
	j = get("/api/v1/messages", 200);
	cr_expect_eq(number(j, "count"), 1);
	cr_expect_str_eq(text(nth(j, "messages", 0), "Subject"), "one");
	json_decref(j);
}

Test(inbox_api, one_message_is_read_by_looking_at_it)
{
	const char *id = send_to("bob@b.example", MAIL("one", "the text"));
	json_t *j = get(at("/api/v1/message/%s", id), 200);

	cr_expect_str_eq(text(j, "ID"), id);
	cr_expect_str_eq(text(j, "Text"), "the text\r\n");
	cr_expect_str_eq(text(json_object_get(j, "From"), "Name"), "Ann");
	json_decref(j);
	cr_expect_eq(count("/api/v1/search?query=is:unread"), 0);
	j = get("/api/v1/message/latest/headers", 200);
	cr_expect_str_eq(json_string_value(nth(j, "Subject", 0)), "one");
	json_decref(j);
	cr_expect_eq(ask("GET", "/api/v1/message/none", NULL, NULL), 404);
	cr_expect_eq(ask("GET", "/api/v1/message/%2e%2e", NULL, NULL), 404);
}

Test(inbox_api, what_was_sent_comes_back_byte_for_byte)
{
	static const char sent[] =
	    "From: ann@a.example\r\nSubject: odd \xff\r\n\r\n"
	    "trailing blanks  \r\n\r\n\tand \x01 what not\r\n";
	const char *id = send_to("bob@b.example", sent);
	struct rig_reply r;

	cr_assert_eq(
	    ask("GET", at("/api/v1/message/%s/sent", id), NULL, &r), 200);
	cr_expect(slice_is(r.body, sent), "%.*s", SLICE_FMT(r.body));
	cr_assert_eq(
	    ask("GET", at("/api/v1/message/%s/raw?dl=1", id), NULL, &r), 200);
	cr_expect(slice_ends(r.body, sent));
	cr_expect(
	    slice_starts(rig_header(&r, "Content-Disposition"), "attachment"));
}

/* As a page and as text, with its picture and without scripts. */
static void
expect_view(const char *id)
{
	struct rig_reply r;

	cr_assert_eq(ask("GET", at("/view/%s.html", id), NULL, &r), 200);
	cr_expect_not_null(strstr(
	    buf_str(&r.bytes), at("src=\"/api/v1/message/%s/part/3\"", id)));
	cr_expect_not_null(strstr(buf_str(&r.bytes), "sandbox allow-popups"));
	cr_expect_null(strstr(buf_str(&r.bytes), "allow-scripts"));
	cr_assert_eq(ask("GET", "/view/latest.txt", NULL, &r), 200);
	cr_expect(slice_starts(r.body, "Gr\xc3\xbc"));
}

Test(inbox_api, parts_are_decoded_and_harmless)
{
	static const struct {
		const char *part, *type, *bytes;
	} parts[] = {
		{ "1", "text/plain; charset=utf-8",
		    "Gr\xc3\xbc\xc3\x9f"
		    "e" },
		{ "3", "image/png", "\x89PNG\r\n\x1a\n" },
		{ "4", "text/plain; charset=iso-8859-1", "caf\xe9" },
	};
	const char *id = send_to("bob@b.example", PARTS);
	struct rig_reply r;

	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(
		    ask("GET",
			at("/api/v1/message/%s/part/%s", id, parts[i].part),
			NULL, &r),
		    200);
		cr_expect(
		    slice_iis(rig_header(&r, "Content-Type"), parts[i].type),
		    "%s: %.*s", parts[i].part,
		    SLICE_FMT(rig_header(&r, "Content-Type")));
		cr_expect(slice_is(slice_trim(r.body),
			      slice_trim(slice_of(parts[i].bytes)).n ==
				      strlen(parts[i].bytes) ?
				  parts[i].bytes :
				  "\x89PNG\r\n\x1a"),
		    "%s: %.*s", parts[i].part, SLICE_FMT(r.body));
		cr_expect(slice_starts(
		    rig_header(&r, "Content-Security-Policy"), "sandbox"));
		cr_expect(slice_is(
		    rig_header(&r, "X-Content-Type-Options"), "nosniff"));
	}
	cr_expect_eq(
	    ask("GET", at("/api/v1/message/%s/part/9", id), NULL, NULL), 404);
	expect_view(id);
}

Test(inbox_api, tags_are_the_maildirs_keywords)
{
	const char *id = send_to("b@b.example", MAIL("one", "x"));
	struct rig_reply r;

	cr_expect_eq(
	    ask("PUT", "/api/v1/tags",
		at("{\"IDs\":[\"%s\"],\"Tags\":[\"red\",\"a b\"]}", id), NULL),
	    200);
	cr_assert_eq(ask("GET", "/api/v1/tags", NULL, &r), 200);
	cr_expect(
	    slice_is(r.body, "[\"a b\",\"red\"]"), "%.*s", SLICE_FMT(r.body));
	cr_expect_eq(count("/api/v1/search?query=tag:red"), 1);
	cr_expect_eq(access(rig_in(mail, "dovecot-keywords"), F_OK), 0);
	cr_expect_eq(ask("PUT", "/api/v1/tags",
			 at("{\"IDs\":[\"%s\"],\"Tags\":[]}", id), NULL),
	    200);
	cr_expect_eq(count("/api/v1/search?query=tag:red"), 0);
}

Test(inbox_api, dialogues_hide_secrets_and_tell_of_refusals)
{
	int fd = rig_open(smtp, "smtp");
	struct rig_reply r;
	json_t *j;

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO refused.example", "250"));
	cr_assert(rig_smtp(fd, "AUTH PLAIN AGpvZQBzZWNyZXQ=", "235"));
	cr_assert(rig_smtp(fd, "RCPT TO:<x@y>", "503"));
	cr_assert(rig_smtp(fd, "QUIT", "221"));
	cr_assert(rig_expect_end(fd));
	close(fd);
	j = get("/api/v1/sessions?limit=1", 200);
	cr_expect_str_eq(
	    text(nth(j, "sessions", 0), "Outcome"), "refused (503)");
	cr_expect_str_eq(text(nth(j, "sessions", 0), "User"), "joe");
	json_decref(j);
	cr_assert_eq(ask("GET", "/api/v1/sessions", NULL, &r), 200);
	cr_expect_null(strstr(buf_str(&r.bytes), "AGpvZQBzZWNyZXQ="));
	cr_expect_not_null(strstr(buf_str(&r.bytes), "AUTH PLAIN ****"));
}
