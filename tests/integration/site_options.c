/*
 * site_options.c - the options of berth-httpd, each seen to do what it says.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/clock.h"

#define H " HTTP/1.1\r\nHost: localhost\r\n"

static const char *dir;

static void
fill(void)
{
	dir = rig_place();
	rig_file(dir, "index.html", "index");
	rig_file(dir, "app.html", "app");
	rig_file(dir, "about.html", "about");
	rig_file(dir, "oops.html", "oops");
	rig_file(dir, "x.foo", "foo");
	rig_file(dir, ".dot", "dot");
	rig_file(dir, "berth.conf", "# options");
	rig_file(dir, "my-berth.conf", "another");
	rig_file(dir, "one.example/index.html", "one");
	rig_file(dir, "one.example/sub/x", "x");
	rig_file(dir, "default/index.html", "other");
	rig_file(dir, "default/404.html", "lost");
}

TestSuite(site_options, .init = fill);

static struct rig *
start(const char *option, const char *value)
{
	return value == NULL ?
	    rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", option, dir)) :
	    rig_start(
		RIG("berth-httpd", "-l", "127.0.0.1:0", option, value, dir));
}

/* One request; the reply's slices are good until the next. */
static struct rig_reply *
ask(struct rig *s, const char *line, const char *fields)
{
	static struct rig_reply r;
	char request[1024];

	snprintf(request, sizeof(request), "%s" H "%s\r\n", line, fields);
	cr_expect(rig_ask(rig_address(s, "http"), request, &r), "%s", line);
	return &r;
}

#define IS(reply, code, text) \
	cr_expect((reply)->status == (code) && slice_is((reply)->body, text))

Test(site_options, index_file)
{
	struct rig *s = start("--index", "app.html");

	IS(ask(s, "GET /", ""), 200, "app");
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, no_listing)
{
	struct rig *s = start("--no-listing", NULL);

	cr_expect(ask(s, "GET /one.example/sub/", "")->status == 403);
	IS(ask(s, "GET /one.example/", ""), 200, "one");
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, spa)
{
	struct rig *s = start("--spa=app.html", NULL);

	IS(ask(s, "GET /deep/link", "Sec-Fetch-Mode: navigate\r\n"), 200,
	    "app");
	IS(ask(s, "GET /deep/link", "Accept: text/html,*/*;q=0.8\r\n"), 200,
	    "app");
	cr_expect(
	    ask(s, "GET /x.js", "Sec-Fetch-Mode: no-cors\r\n")->status == 404);
	cr_expect(ask(s, "GET /x.js", "Accept: */*\r\n")->status == 404);
	IS(ask(s, "GET /about.html", "Sec-Fetch-Mode: navigate\r\n"), 200,
	    "about");
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, not_found)
{
	struct rig *s = start("--not-found", "oops.html");

	IS(ask(s, "GET /nothing", ""), 404, "oops");
	IS(ask(s, "GET /.dot", ""), 404, "oops");
	cr_expect_eq(rig_stop(s), 0);
}

/* A slip of the pen: the file is named, and the site is served all the same. */
Test(site_options, a_page_that_is_not_there_is_told)
{
	struct rig *s = start("--spa=mising.html", NULL);
	char named[256];

	snprintf(named, sizeof(named),
	    "--spa mising.html: %s/mising.html: No such file", dir);
	cr_expect(rig_hear(s, named));
	IS(ask(s, "GET /about.html", ""), 200, "about");
	rig_stop(s);
	s = start("--not-found", "one.example");
	cr_expect(rig_hear(s, "/one.example is no file"));
	rig_stop(s);
	s = start("--not-found", "oops.html");
	cr_expect(rig_hear(s, "open http"));
	cr_expect_null(strstr(rig_err(s), "--not-found"));
	rig_stop(s);
}

Test(site_options, clean_urls)
{
	struct rig *s = start("--clean-urls", NULL);

	IS(ask(s, "GET /about", ""), 200, "about");
	cr_expect(ask(s, "GET /about/", "")->status == 301);
	cr_expect(ask(s, "GET /nothing", "")->status == 404);
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, cors)
{
	struct rig *s = start("--cors", NULL);
	struct rig_reply *r = ask(s, "GET /", "Origin: http://b\r\n");

	cr_expect(slice_is(rig_header(r, "Access-Control-Allow-Origin"), "*"));
	r = ask(s, "OPTIONS /",
	    "Origin: http://b\r\nAccess-Control-Request-Method: GET\r\n"
	    "Access-Control-Request-Headers: x-a, b(ad, range\r\n");
	cr_expect(r->status == 204);
	cr_expect(rig_header(r, "Content-Length").p == NULL);
	cr_expect(slice_is(
	    rig_header(r, "Access-Control-Allow-Headers"), "x-a, range"));
	cr_expect(slice_is(rig_header(r, "Access-Control-Allow-Methods"),
	    "GET, HEAD, OPTIONS"));
	r = ask(s, "OPTIONS /",
	    "Origin: http://b\r\nAccess-Control-Request-Method: GET\r\n");
	cr_expect(rig_header(r, "Access-Control-Allow-Headers").p == NULL);
	cr_expect_eq(rig_stop(s), 0);
	s = start("--cors=http://c", NULL);
	r = ask(s, "GET /nothing", "");
	cr_expect(
	    slice_is(rig_header(r, "Access-Control-Allow-Origin"), "http://c"));
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, isolate_and_header)
{
	struct rig *s = start("--isolate", NULL);
	struct rig_reply *r = ask(s, "GET /", "");

	cr_expect(slice_is(
	    rig_header(r, "Cross-Origin-Opener-Policy"), "same-origin"));
	cr_expect(slice_is(
	    rig_header(r, "Cross-Origin-Embedder-Policy"), "require-corp"));
	cr_expect_eq(rig_stop(s), 0);
	s = start("--header", "X-Test: a b");
	cr_expect(slice_is(rig_header(ask(s, "GET /", ""), "X-Test"), "a b"));
	cr_expect(
	    slice_is(rig_header(ask(s, "GET /nothing", ""), "X-Test"), "a b"));
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, mime_and_hidden)
{
	struct rig *s = start("--mime", "foo=text/x-foo");

	cr_expect(slice_is(rig_header(ask(s, "GET /x.foo", ""), "Content-Type"),
	    "text/x-foo"));
	cr_expect_eq(rig_stop(s), 0);
	s = start("--hidden", NULL);
	IS(ask(s, "GET /.dot", ""), 200, "dot");
	IS(ask(s, "GET /berth.conf", ""), 200, "# options");
	cr_expect_eq(rig_stop(s), 0);
}

/* A site in "." has the server's own options in it, and they name files. */
Test(site_options, the_file_of_options_is_hidden)
{
	struct rig *s = start("--not-found", "oops.html");

	IS(ask(s, "GET /berth.conf", ""), 404, "oops");
	IS(ask(s, "GET /%62erth.conf", ""), 404, "oops");
	IS(ask(s, "GET /sub/../berth.conf", ""), 404, "oops");
	IS(ask(s, "GET /my-berth.conf", ""), 200, "another");
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, links)
{
	const char *outside = rig_place();
	struct rig *s;

	rig_file(outside, "far", "away");
	cr_assert_eq(symlink(rig_in(outside, "far"), rig_in(dir, "link")), 0);
	s = start("--follow-symlinks", NULL);
	IS(ask(s, "GET /link", ""), 200, "away");
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, vhosts)
{
	struct rig *s = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--vhosts", "--allow-host", "*", dir));
	static struct rig_reply r;

	IS(ask(s, "GET http://ONE.example./", ""), 200, "one");
	IS(ask(s, "GET http://one.example:81/sub/x", ""), 200, "x");
	cr_expect(slice_is(
	    rig_header(ask(s, "GET http://one.example/sub", ""), "Location"),
	    "/sub/"));
	IS(ask(s, "GET /", ""), 200, "other");
	IS(ask(s, "GET /one.example/", ""), 404, "lost");
	IS(ask(s, "GET http://..%2f/", ""), 200, "other");
	rename(rig_in(dir, "default"), rig_in(dir, "no-more"));
	cr_expect(ask(s, "GET /", "")->status == 421);
	cr_expect(ask(s, "GET http://two.example/", "")->status == 421);
	cr_expect(
	    rig_ask(rig_address(s, "http"), "GET / HTTP/1.0\r\n\r\n", &r));
	cr_expect(r.status == 421);
	cr_expect_eq(rig_stop(s), 0);
}

/* The hash is of "open sesame", made with mkpasswd -m sha-512 -R 5000. */
Test(site_options, auth)
{
	static const char users[] =
	    "# people\n"
	    "ali:$6$rounds=5000$berthberth$"
	    ".TUcH3EDb1uJMkbVSjs2bYAR264brwkQxs7NvcFOpwlXJ0WkERvHuCT0TOsEXybziJ"
	    "wcSJb2mVF4FG2iJrQwd1\n";
	const char *file = rig_file(rig_place(), "users", users);
	struct rig *s = start("--auth", file);
	struct rig_reply *r = ask(s, "GET /", "");

	cr_expect(r->status == 401);
	cr_expect(
	    slice_starts(rig_header(r, "WWW-Authenticate"), "Basic realm="));
	IS(ask(s, "GET /", "Authorization: Basic YWxpOm9wZW4gc2VzYW1l\r\n"),
	    200, "index");
	cr_expect(
	    ask(s, "GET /", "Authorization: Basic YWxpOm9wZW4=\r\n")->status ==
	    401);
	cr_expect(
	    ask(s, "GET /", "Authorization: Basic Ym9iOm9wZW4=\r\n")->status ==
	    401);
	cr_expect(
	    ask(s, "GET /", "Authorization: Basic !!\r\n")->status == 401);
	cr_expect(
	    ask(s, "GET /", "Authorization: Bearer x\r\n")->status == 401);
	cr_expect(rig_hear(s, " - ali ["), "the log names the user");
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, throttle)
{
	struct rig *s = start("--throttle", "20K");
	int64_t began = clock_ms();
	struct rig_reply *r;

	rig_file_pattern(dir, "slow.bin", 20480);
	r = ask(s, "GET /slow.bin", "");
	cr_expect(r->status == 200 && r->body.n == 20480);
	cr_expect(clock_ms() - began >= 900, "a second for 20 KiB");
	cr_expect_eq(rig_stop(s), 0);
}

/* Read from the file piece by piece, and not kept in memory as that one. */
Test(site_options, throttle_of_a_larger_file)
{
	struct rig *s = start("--throttle", "70K");
	int64_t began = clock_ms();
	struct rig_reply *r;

	rig_file_pattern(dir, "large.bin", 71680);
	r = ask(s, "GET /large.bin", "");
	cr_expect(r->status == 200 && r->body.n == 71680);
	cr_expect(rig_is_pattern(r->body, 0));
	cr_expect(clock_ms() - began >= 900, "a second for 70 KiB");
	r = ask(s, "GET /large.bin", "Range: bytes=1000-8999\r\n");
	cr_expect(r->status == 206 && r->body.n == 8000);
	cr_expect(rig_is_pattern(r->body, 1000));
	cr_expect_eq(rig_stop(s), 0);
}

Test(site_options, faults)
{
	static const struct {
		const char *option, *value, *says;
		int code;
	} rows[] = {
		{ "--mime", "foo", "--mime foo: not EXT=TYPE", 64 },
		{ "--mime", "foo=bar", "--mime foo=bar: not EXT=TYPE", 64 },
		{ "--header", "nothing", "--header nothing: not NAME: VALUE",
		    64 },
		{ "--header", "A: b\r\nC: d", "not NAME: VALUE", 64 },
		{ "--index", "a/b", "--index a/b: not the name of a file", 64 },
		{ "--auth", "/nonexistent", "/nonexistent: No such file", 78 },
		{ "--throttle", "0", "--throttle", 64 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *s = rig_run(RIG("berth-httpd", "-l", "127.0.0.1:0",
		    rows[i].option, rows[i].value, dir));

		cr_expect_eq(rig_wait(s), rows[i].code, "row %zu", i);
		cr_expect(
		    strstr(rig_err(s), rows[i].says) != NULL, "row %zu", i);
	}
	cr_expect_eq(rig_wait(rig_run(RIG(
			 "berth-httpd", "-l", "127.0.0.1:0", "/nonexistent"))),
	    78);
}
