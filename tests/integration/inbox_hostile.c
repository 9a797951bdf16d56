/*
 * inbox_hostile.c - what a stranger's mail, a slip of a client, or one that
 * says good-bye, must not do to the inbox.
 */
#include "inbox_start.h"

#include "bytes/buf.h"

#ifdef __SANITIZE_ADDRESS__
#define PARTS 1000 /* all of it takes ten times as long */
#define WORDS 6000
#else
#define PARTS 4000
#define WORDS 60000
#endif

TestSuite(inbox_hostile, .init = start, .fini = stop);

/* Those that Mailpit reads are read; what says something else means not all. */
Test(inbox_hostile, a_key_in_another_case_deletes_what_it_names)
{
	static const char *const others[] = { "{\"id\":[\"x\"]}",
		"{\"Read\":true}", "{\"messages\":[]}" };
	const char *one = send_to("b@b.example", MAIL("one", "x"));

	send_to("b@b.example", MAIL("two", "x"));
	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_expect_eq(ask("DELETE", "/api/v1/messages", others[i], NULL),
		    400, "%s", others[i]);
	cr_expect_eq(count("/api/v1/messages"), 2);
	cr_assert_eq(ask("PUT", "/api/v1/messages",
			 at("{\"ids\":[\"%s\"],\"read\":true}", one), NULL),
	    200);
	cr_expect_eq(count("/api/v1/search?query=is:read"), 1);
	cr_assert_eq(ask("PUT", "/api/v1/tags",
			 at("{\"ids\":[\"%s\"],\"tags\":[\"a\"]}", one), NULL),
	    200);
	cr_assert_eq(ask("PUT", "/api/v1/tags",
			 at("{\"IDs\":[\"%s\"],\"Tags\":\"a\"}", one), NULL),
	    400);
	cr_expect_eq(count("/api/v1/search?query=tag:a"), 1);
	cr_assert_eq(ask("DELETE", "/api/v1/messages",
			 at("{\"ids\":[\"%s\"]}", one), NULL),
	    200);
	cr_expect_eq(count("/api/v1/messages"), 1);
	cr_assert_eq(ask("POST", "/api/v1/send",
			 "{\"from\":{\"email\":\"a@b.example\"},\"to\":"
			 "[{\"email\":\"c@d.example\"}],\"text\":\"x\"}",
			 NULL),
	    200);
	cr_assert_eq(ask("DELETE", "/api/v1/messages", "{}", NULL), 200);
	cr_expect_eq(count("/api/v1/messages"), 0);
}

/* A page of another site cannot have mail read as a script. */
Test(inbox_hostile, bytes_are_what_they_are_called)
{
	const char *id = send_to("b@b.example", MAIL("one", "alert(1)"));
	static const char *const paths[] = { "/api/v1/message/%s/raw",
		"/api/v1/message/%s/sent", "/api/v1/messages/%s/download" };
	char path[300];
	struct rig_reply r;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const char *where = strstr(paths[i], "%s");

		snprintf(path, sizeof(path), "%.*s%s%s",
		    (int)(where - paths[i]), paths[i], id, where + 2);
		cr_assert_eq(ask("GET", path, NULL, &r), 200, "%s", path);
		cr_expect(slice_is(rig_header(&r, "X-Content-Type-Options"),
			      "nosniff"),
		    "%s", path);
		rig_reply_free(&r);
	}
}

/* Thousands of parts, and thousands of words that mean one of them: each walked
 * along all parts, that took minutes. */
Test(inbox_hostile, many_pictures_in_many_places)
{
	struct rig_reply r;
	const char *id;
	struct buf b;

	buf_init(&b, 8 << 20);
	buf_addz(&b,
	    FROM "pictures\r\nContent-Type: multipart/related; "
		 "boundary=b\r\n\r\n--b\r\nContent-Type: text/html"
		 "\r\n\r\n");
	for (int i = 0; i < WORDS; i++)
		buf_addz(&b, "<img src=\"cid:c1\">\r\n");
	for (int i = 0; i < PARTS; i++)
		buf_addf(&b,
		    "\r\n--b\r\nContent-Type: image/png\r\n"
		    "Content-ID: <c%d>\r\n\r\nx",
		    i);
	buf_addz(&b, "\r\n--b--\r\n");
	cr_assert(!b.failed);
	id = send_to("b@b.example", buf_str(&b));
	json_decref(get("/api/v1/wait?query=subject:pictures&timeout=60", 200));
	cr_assert_eq(ask("GET", at("/view/%s.html", id), NULL, &r), 200);
	cr_expect_not_null(strstr(buf_str(&r.bytes), "/part/3\">"));
	cr_expect_null(strstr(buf_str(&r.bytes), "cid:"));
	rig_reply_free(&r);
	buf_free(&b);
}
