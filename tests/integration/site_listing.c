/*
 * site_listing.c - directories without an index, listed for people and for
 * programs.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <stdlib.h>
#include <unistd.h>

#include "rig/rig.h"
#include "site_ask.h"

static const char *dir;

static void
start(void)
{
	dir = rig_place();

	rig_file(dir, "list/b <&\"'>%?#:.txt", "12345");
	rig_file(dir, "list/a", "1");
	rig_file(dir, "list/.hidden", "1");
	rig_file(dir, "list/berth.conf", "1");
	rig_file(dir, "list/sub/x", "1");
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
}

TestSuite(site_listing, .init = start);

Test(site_listing, listing_for_people)
{
	struct rig_reply *r = ask("/list/", "");
	const char *a, *b, *sub;

	cr_assert(r->status == 200);
	cr_expect(slice_is(
	    rig_header(r, "Content-Type"), "text/html; charset=utf-8"));
	cr_expect(has(r->body, "href=\"../\""), "the way up");
	cr_expect(!has(r->body, "./.hidden"));
	cr_expect(!has(r->body, "berth.conf"));
	cr_expect(has(r->body,
	    "<a href=\"./b%20%3C%26%22%27%3E%25%3F%23:.txt\">"
	    "b &lt;&amp;&quot;&#39;&gt;%?#:.txt</a>"));
	cr_expect(has(r->body, "5 B"));
	sub = memmem(r->body.p, r->body.n, "./sub/", 6);
	a = memmem(r->body.p, r->body.n, "./a\"", 4);
	b = memmem(r->body.p, r->body.n, "./b%20", 6);
	cr_expect(sub != NULL && sub < a && a < b, "directories first");
	r = ask("/list/?sort=size&order=desc", "");
	a = memmem(r->body.p, r->body.n, "./a\"", 4);
	b = memmem(r->body.p, r->body.n, "./b%20", 6);
	cr_expect(a != NULL && b != NULL && b < a);
	cr_expect(
	    ask("/list/b%20%3C%26%22%27%3E%25%3F%23:.txt", "")->status == 200);
	cr_expect(!has(ask("/", "")->body, "../"), "no way out");
}

Test(site_listing, listing_tells_where_we_are_and_how_much_there_is)
{
	struct rig_reply *r;

	rig_file(dir, "one & two/three/x", "12345");
	rig_file(dir, "one & two/three/y", "1");
	r = ask("/one%20%26%20two/three/", "");
	cr_expect(has(r->body,
	    "<h1><a href=\"/\" title=\"the top\">/</a>"
	    "<a href=\"/one%20%26%20two/\">one &amp; two</a><i>/</i>"
	    "<b aria-current=\"page\">three</b><i>/</i></h1>"));
	cr_expect(has(r->body, ">0 folders, 2 files, 6 B<"));
	cr_expect(has(ask("/list/", "")->body, ">1 folder, 2 files, 6 B<"));
}

Test(site_listing, listing_is_filtered_without_a_script)
{
	struct rig_reply *r;

	rig_file(dir, "many/Apple.txt", "");
	rig_file(dir, "many/pineapple", "");
	rig_file(dir, "many/pear", "");
	r = ask("/many/?q=aPPle&sort=size", "");
	cr_expect(has(r->body, "Apple.txt") && has(r->body, "pineapple"));
	cr_expect(!has(r->body, "pear"));
	cr_expect(has(r->body, "?sort=date&amp;order=asc&amp;q=aPPle"));
	cr_expect(has(r->body, "value=\"aPPle\""));
	r = ask("/many/?q=%3Cb%3E%22", "");
	cr_expect(has(r->body, "&lt;b&gt;&quot;"));
	cr_expect(!has(r->body, "<b>\""));
	cr_expect(has(r->body, "Show all"));
	r = ask("/many/?q=pear", "Accept: application/json\r\n");
	cr_expect(has(r->body, "],\"directories\":0,\"files\":1,\"bytes\":0}"));
}

/* The zone of the server, which its children cannot look up any more. */
Test(site_listing, listing_tells_the_time_here)
{
	struct rig_reply *r;

	rig_file(dir, "times/july", "");
	rig_touch(dir, "times/july", 1751371200);
	setenv("TZ", "Europe/Berlin", 1);
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
	r = ask("/times/", "");
	cr_expect(has(r->body,
	    "<time datetime=\"2025-07-01T14:00:00+02:00\">2025-07-01 14:00 "
	    "<small>CEST</small></time>"));
	r = ask("/times/", "Accept: application/json\r\n");
	cr_expect(has(r->body, "\"modified\":\"2025-07-01T12:00:00Z\""));
}

/* Names are bytes: all of them are shown, and can be opened. */
Test(site_listing, listing_of_names_that_are_no_text)
{
	static const struct {
		const char *name, *shown, *href;
	} rows[] = {
		{ "odd/bad\xff\xfe.txt", "bad\\xff\\xfe.txt", "bad%FF%FE.txt" },
		{ "odd/line\nbreak\r", "line\\x0abreak\\x0d",
		    "line%0Abreak%0D" },
		{ "odd/\x1b[31mred", "\\x1b[31mred", "%1B%5B31mred" },
	};
	char text[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		rig_file(dir, rows[i].name, rows[i].href);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig_reply *r = ask("/odd/", "");

		snprintf(text, sizeof(text), "<a href=\"./%s\">%s</a>",
		    rows[i].href, rows[i].shown);
		cr_expect(has(r->body, text), "%s", text);
		r = ask("/odd/", "Accept: application/json\r\n");
		snprintf(
		    text, sizeof(text), "\"href\":\"./%s\"}", rows[i].href);
		cr_expect(has(r->body, text), "%s", text);
		snprintf(text, sizeof(text), "/odd/%s", rows[i].href);
		r = ask(text, "");
		cr_expect_eq(r->status, 200, "%s: %d", text, r->status);
		cr_expect(slice_is(r->body, rows[i].href));
	}
	/* What is not there stays an attack. */
	cr_expect_eq(ask("/odd/none%0d%0aX:%20y", "")->status, 400);
	/* A folder is led to, encoded. */
	rig_file(dir, "fo\nlder/x", "");
	{
		struct rig_reply *r = ask("/fo%0alder", "");

		cr_expect_eq(r->status, 301);
		cr_expect(slice_is(rig_header(r, "Location"), "/fo%0Alder/"));
	}
	cr_expect_eq(ask("/fo%0alder/", "")->status, 200);
}

/* A README is text below the listing, and nothing but text. */
Test(site_listing, listing_shows_the_readme)
{
	struct rig_reply *r;

	rig_file(dir, "told/readme.md", "# Hi\r\n<script>x()</script>\n");
	rig_file(dir, "told/other.md", "not this");
	rig_file_bytes(dir, "binary/README", "a\0b", 3);
	r = ask("/told/", "");
	cr_expect(has(
	    r->body, "<pre># Hi\n&lt;script&gt;x()&lt;/script&gt;\n</pre>"));
	cr_expect(!has(r->body, "not this"));
	cr_expect(!has(ask("/list/", "")->body, "<pre>"));
	cr_expect(!has(ask("/binary/", "")->body, "<pre>"));
	/* One that leads out of the site is not shown. */
	cr_assert_eq(symlink("/etc/hostname", rig_in(dir, "list/README")), 0);
	cr_expect(!has(ask("/list/", "")->body, "<pre>"));
}

/* All of them, sorted, and in memory that does not grow with what is sent. */
Test(site_listing, listing_of_fifty_thousand)
{
	struct rig_reply r = { 0 };
	struct slice rest, line;
	char name[64];
	unsigned n = 0;

	rig_file(dir, "crowd/x", "");
	for (unsigned i = 0; i < 50000; i++) {
		snprintf(
		    name, sizeof(name), "%s/crowd/%05u", dir, i * 7919 % 50000);
		cr_assert_eq(
		    close(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)), 0);
	}
	cr_assert(rig_ask(rig_address(server, "http"),
	    "GET /crowd/" H "Accept: application/json\r\n"
	    "Connection: close\r\n\r\n",
	    &r));
	cr_expect(has(r.head, "chunked"));
	rest = r.body;
	slice_cut(&rest, '\n');
	while (n < 50000 && rest.p != NULL) {
		line = slice_cut(&rest, '\n');
		snprintf(name, sizeof(name), "{\"name\":\"%05u\",", n);
		if (!slice_starts(line, name))
			break;
		n++;
	}
	cr_expect_eq(n, 50000, "%u", n);
	cr_expect(has(rest, "{\"name\":\"x\","));
	cr_expect(has(rest, "\"files\":50001,"));
	rig_reply_free(&r);
	cr_expect(has(ask("/crowd/", "")->body, "0 folders, 50001 files"));
}

Test(site_listing, listing_for_programs)
{
	struct rig_reply *r = ask("/list/", "Accept: application/json\r\n");

	cr_assert(r->status == 200);
	cr_expect(slice_is(rig_header(r, "Content-Type"), "application/json"));
	cr_expect(slice_is(rig_header(r, "Vary"), "Accept"));
	cr_expect(slice_starts(r->body,
	    "{\"path\":\"/list/\",\"complete\":true,\"entries\":[\n"
	    "{\"name\":\"sub\",\"type\":\"directory\",\"modified\":\"20"));
	cr_expect(has(r->body,
	    "{\"name\":\"b <&\\\"'>%?#:.txt\",\"type\":\"file\","
	    "\"size\":5,\"modified\":\""));
}
