/*
 * httpd_live_pages.c - pages that reload themselves (--live): which have the
 * script, and where in them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "httpd_live_start.h"

/* A request with these fields. */
static void
fetch(const char *path, const char *fields, struct rig_reply *reply)
{
	char ask[512];

	snprintf(ask, sizeof(ask),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, fields);
	cr_assert(rig_ask(address, ask, reply));
}

static void
make_documents(const char *dir)
{
	rig_file(dir, "index.html", "<!doctype html><title>one</title>");
	rig_file(dir, "index.html.gz", "\x1f\x8b\x08");
	rig_file(dir, "plain.txt", "<p>one");
	rig_file(
	    dir, "a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>");
	rig_file(dir, "a.xhtml",
	    "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head/></html>");
}

Test(httpd_live_pages, adds_its_script_to_documents_only)
{
	const char *dir = rig_place();
	struct rig_reply reply;

	make_documents(dir);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	cr_assert(visit("/", &reply));
	cr_expect(slice_starts(reply.body, "<!doctype html><script " TAG));
	cr_expect(slice_ends(reply.body, "</script><title>one</title>"));
	cr_expect(slice_is(rig_header(&reply, "Cache-Control"), "no-store"));
	cr_expect_eq(rig_header(&reply, "ETag").p, NULL);
	/* Not the compressed copy, in which it is not. */
	fetch("/",
	    "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
	    "Accept-Encoding: gzip, br\r\n",
	    &reply);
	cr_expect(slice_starts(reply.body, "<!doctype html><script " TAG));
	cr_assert(visit("/a.svg", &reply));
	cr_expect(has(reply.body,
	    "2000/svg\"><script xmlns=\"http://www.w3.org/1999/xhtml\" " TAG));
	cr_assert(visit("/a.xhtml", &reply));
	cr_expect(has(reply.body, TAG) && has(reply.body, "</script><head/>"));
	cr_assert(visit("/plain.txt", &reply));
	cr_expect(slice_is(reply.body, "<p>one"));
	/* A script fetches it, as a fragment; a program; in part. */
	fetch("/", "Accept: text/html\r\nSec-Fetch-Dest: empty\r\n", &reply);
	cr_expect(
	    !has(reply.body, TAG) && rig_header(&reply, "ETag").p != NULL);
	fetch("/a.svg", "Sec-Fetch-Dest: image\r\n", &reply);
	cr_expect(!has(reply.body, TAG));
	cr_assert(rig_get(address, "/", &reply));
	cr_expect(!has(reply.body, TAG));
	/* A browser on another machine, which does not say. */
	fetch(
	    "/", "Accept: text/html,*/*;q=0.8\r\nRange: bytes=-5\r\n", &reply);
	cr_expect(reply.status == 200 && has(reply.body, TAG));
	cr_assert(rig_get(address, "/.berth/live.js", &reply));
	cr_expect(has(reply.body, "EventSource"));
}

/* So that they are gone once there is something to see. */
Test(httpd_live_pages, error_pages_and_listings_reload_too)
{
	const char *dir = rig_place();
	struct rig_reply reply;

	rig_file(dir, "sub/a.txt", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	cr_assert(visit("/missing", &reply));
	cr_expect(reply.status == 404 && has(reply.body, TAG));
	cr_assert(visit("/sub/", &reply));
	cr_expect(reply.status == 200 && has(reply.body, TAG));
	rig_file(dir, "404.html", "<title>Lost</title>");
	cr_assert(visit("/missing", &reply));
	cr_expect(reply.status == 404 && has(reply.body, TAG));
}

/* More than fits into memory: its rest is sent from the file. */
Test(httpd_live_pages, large_documents_get_it_too)
{
	static const char begin[] = "<!doctype html><head><title>x</title>";
	const size_t n = 5 << 20;
	const char *dir = rig_place();
	struct rig_reply reply;
	char *page = calloc(1, n + 1);

	cr_assert_not_null(page);
	memset(page, 'x', n);
	memcpy(page, begin, sizeof(begin) - 1);
	rig_file(dir, "index.html", page);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	cr_assert(visit("/", &reply));
	cr_expect(slice_starts(reply.body, "<!doctype html><head><script"));
	cr_expect(has(slice_from(reply.body, n), "xxx"));
	cr_expect(reply.body.n > n && reply.body.n < n + 250);
	free(page);
}

/* With --spa a page may be one that only navigations get. */
Test(httpd_live_pages, a_page_of_an_application_is_there)
{
	const char *dir = rig_place();
	struct rig_reply reply;

	rig_file(dir, "index.html", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", "--spa", dir));
	cr_assert(rig_ask(address,
	    "GET /users/7 HTTP/1.1\r\nHost: localhost\r\n"
	    "Sec-Fetch-Mode: cors\r\n\r\n",
	    &reply));
	cr_expect_eq(reply.status, 404);
	cr_assert(rig_ask(address,
	    "GET /users/7 HTTP/1.1\r\nHost: localhost\r\n"
	    "Sec-Fetch-Mode: cors\r\nBerth-Live: 1\r\n\r\n",
	    &reply));
	cr_expect_eq(reply.status, 200);
}
