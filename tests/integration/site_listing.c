/*
 * site_listing.c - directories without an index, listed for people and for
 * programs.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "rig/rig.h"
#include "site_ask.h"

static void
start(void)
{
	const char *dir = rig_place();

	rig_file(dir, "list/b <&\"'>%?#:.txt", "12345");
	rig_file(dir, "list/a", "1");
	rig_file(dir, "list/.hidden", "1");
	rig_file(dir, "list/berth.conf", "1");
	rig_file(dir, "list/sub/x", "1");
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
}

TestSuite(site_files, .init = start);

Test(site_files, listing_for_people)
{
	struct rig_reply *r = ask("/list/", "");
	const char *a, *b, *sub;

	cr_assert(r->status == 200);
	cr_expect(slice_is(
	    rig_header(r, "Content-Type"), "text/html; charset=utf-8"));
	cr_expect(has(r->body, "href=\"../\""), "the way up");
	cr_expect(!has(r->body, "hidden"));
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

Test(site_files, listing_for_programs)
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
