/*
 * site_headers.c - the file _headers, as it is used at Netlify and Cloudflare
 * Pages.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "rig/rig.h"
#include "site_ask.h"

static const char *dir;

static void
start_with(const char *text)
{
	dir = rig_place();
	rig_file(dir, "index.html", "home");
	rig_file(dir, "data.json", "{}");
	rig_file(dir, "raw", "as it is");
	rig_file(dir, "a/b.txt", "b");
	rig_file(dir, "_headers", text);
	rig_file(dir, "_redirects", "/old /a/b.txt\n/in /a/b.txt 200\n");
	rig_pause_ms(40); /* a file has its lasting ETag after 20 ms */
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
}

static void
is(const struct rig_reply *r, const char *name, const char *value)
{
	struct slice v = rig_header(r, name);

	cr_expect(value == NULL ? v.p == NULL : slice_is(v, value), "%s: %.*s",
	    name, SLICE_FMT(v));
}

/* How often a field is there. */
static unsigned
times(const struct rig_reply *r, const char *name)
{
	struct slice rest = r->head;
	unsigned n = 0;

	while (rest.n > 0)
		n += slice_starts(slice_cut(&rest, '\n'), name);
	return n;
}

static const char fields[] =
    "# for all\n"
    "/*\n"
    "  X-Frame-Options: DENY\n"
    "  X-Robots: one\n"
    "\n"
    "/a/*\r\n"
    "\tX-Robots: two\r\n"
    "  X-Was: :splat\n"
    "  Cache-Control: public, max-age=31536000, immutable\n"
    "  Set-Cookie: a=1\n"
    "  Set-Cookie: b=2\n"
    "/a/:name.txt\n"
    "  X-Name: <:name>\n"
    "  ! X-Frame-Options\n"
    "/raw\n"
    "  Content-Type: application/x-own\n"
    "https://other.example/*\n"
    "  X-Other: yes\n"
    "http://localhost/data.json\n"
    "  ! Cache-Control\n";

Test(site_headers, as_they_are_written)
{
	struct rig_reply *r;

	start_with(fields);
	r = ask("/", "");
	is(r, "X-Frame-Options", "DENY");
	is(r, "X-Robots", "one");
	is(r, "Cache-Control", "no-cache");
	is(r, "X-Other", NULL);
	r = ask("/a/b.txt", "");
	cr_expect_eq(r->status, 200);
	is(r, "X-Frame-Options", NULL);
	is(r, "X-Robots", "one, two");
	is(r, "X-Was", "b.txt");
	is(r, "X-Name", "<b>");
	is(r, "Cache-Control", "public, max-age=31536000, immutable");
	cr_expect_eq(times(r, "Cache-Control"), 1);
	cr_expect_eq(times(r, "Set-Cookie"), 2);
	cr_expect(rig_header(r, "ETag").n > 0);
	is(ask("/raw", ""), "Content-Type", "application/x-own");
	cr_expect_eq(times(ask("/raw", ""), "Content-Type"), 1);
	is(ask("/data.json", ""), "Cache-Control", NULL);
	/* Also of what is not there, and of what a rule brings in. */
	is(ask("/none", ""), "X-Frame-Options", "DENY");
	is(ask("/in", ""), "X-Frame-Options", "DENY");
	is(ask("/old", ""), "Location", "/a/b.txt");
}

Test(site_headers, of_parts_and_of_what_is_known)
{
	char field[200];
	struct rig_reply *r;

	start_with("/*\n  Cache-Control: max-age=9\n"
		   "  Content-Type: text/x-own\n  X-A: b\n");
	r = ask("/raw", "Range: bytes=0-1\r\n");
	cr_expect_eq(r->status, 206);
	is(r, "X-A", "b");
	is(r, "Content-Range", "bytes 0-1/8");
	is(r, "Content-Type", "text/x-own");
	r = ask("/raw", "Range: bytes=0-1,4-5\r\n");
	cr_expect(slice_starts(
	    rig_header(r, "Content-Type"), "multipart/byteranges"));
	snprintf(field, sizeof(field), "If-None-Match: %.*s\r\n",
	    SLICE_FMT(rig_header(r, "ETag")));
	r = ask("/raw", field);
	cr_expect_eq(r->status, 304);
	is(r, "Cache-Control", "max-age=9");
	is(r, "X-A", "b");
	is(r, "Content-Type", NULL);
	r = ask("/none", "");
	cr_expect_eq(r->status, 404);
	is(r, "Content-Type", "text/html; charset=utf-8");
}

Test(site_headers, a_path_makes_no_field)
{
	struct rig_reply *r;

	start_with("/a/:name\n  X-Name: :name\n");
	rig_file(dir, "a/x\r\nX-Evil: y", "odd");
	r = ask("/a/x%0d%0aX-Evil:%20y", "");
	cr_expect_eq(r->status, 200);
	is(r, "X-Name", "x%0D%0AX-Evil:%20y");
	is(r, "X-Evil", NULL);
}

Test(site_headers, are_read_again_and_faults_are_told)
{
	start_with("  X-A: before\n/a\n  Content-Length: 3\n  X B: c\n"
		   "  nothing\n/**\n  X-C: d\n/raw\n  X-D: e\n");
	cr_expect(rig_hear(server, "_headers:1: a field before any path"));
	cr_expect(rig_hear(server, "_headers:3: this field is the server's"));
	cr_expect(rig_hear(server, "_headers:4: not the name of a field"));
	cr_expect(rig_hear(server, "_headers:5: neither a path nor"));
	cr_expect(rig_hear(server, "_headers:6: only plain text"));
	is(ask("/raw", ""), "X-D", "e");
	is(ask("/raw", ""), "X-C", NULL);
	is(ask("/a", ""), "X-C", NULL);
	rig_file(dir, "_headers", "/*\n  X-D: f\n");
	is(ask("/raw", ""), "X-D", "f");
	cr_assert_eq(remove(rig_in(dir, "_headers")), 0);
	is(ask("/raw", ""), "X-D", NULL);
}
