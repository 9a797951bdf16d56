/*
 * site_redirects.c - the file _redirects, as it is used at Netlify and
 * Cloudflare Pages.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"
#include "site_ask.h"
#include "system/clock.h"

static const char *dir;

static void
start_with(const char *rules)
{
	dir = rig_place();
	rig_file(dir, "index.html", "home");
	rig_file(dir, "app.html", "app");
	rig_file(dir, "gone.html", "gone");
	rig_file(dir, "here.txt", "here");
	rig_file(dir, "docs/index.html", "docs");
	rig_file(dir, "bare/x.txt", "x");
	rig_file(dir, ".secret/key", "never");
	rig_file(dir, "sub/_redirects", "only a file");
	if (rules != NULL)
		rig_file(dir, "_redirects", rules);
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
}

/* A status, and where it leads, or what it holds. */
static void
is(const char *path, int status, const char *what)
{
	struct rig_reply *r = ask(path, "");
	struct slice to = rig_header(r, "Location");

	cr_expect_eq(r->status, status, "%s: %d", path, r->status);
	if (to.p != NULL)
		cr_expect(slice_is(to, what), "%s: %.*s", path, SLICE_FMT(to));
	else if (what != NULL)
		cr_expect(has(r->body, what), "%s", path);
	cr_expect(!has(r->body, "never"));
}

static const char moved[] = "# moved\n"
			    "/old /new\n"
			    "/temp /new 302\r\n"
			    "/blog/* /news/:splat 308\n"
			    "/out https://other.example/a 307\n"
			    "/store id=:id kind=book /books/:id 301\n"
			    "/store id=:id /things/:id 301\n"
			    "/here.txt /elsewhere\n"
			    "/docs /elsewhere\n"
			    "/bare /listing-gone 302\n"
			    "/forced.txt /f 302!\n"
			    "/de/* /deutsch/:splat 302 Language=de\n"
			    "/same /same/ 301\n"
			    "/app/* /app.html 200\n"
			    "/peek/* /:splat 200\n"
			    "/left/* /gone.html 410\n"
			    "/folder /docs 200\n"
			    "/index.html /app.html 200!\n"
			    "/my%20page /your%20page\n"
			    "/find q=:q /search/:q\n"
			    "/say word=a%20b /said\n"
			    "/part /whole#part\n"
			    "/2026/:month/:slug /posts/:slug?m=:month 303\n";

static const struct {
	const char *path;
	int status;
	const char *what;
} rows[] = {
	{ "/old", 301, "/new" },
	{ "/old/", 301, "/new" },
	{ "/old?a=b", 301, "/new?a=b" },
	{ "/temp", 302, "/new" },
	{ "/blog/2026/x%20y", 308, "/news/2026/x%20y" },
	{ "/blog", 308, "/news/" },
	{ "/blog/a/", 308, "/news/a/" },
	{ "/2026/11/hello", 303, "/posts/hello?m=11" },
	{ "/2026/11/hello?q=1", 303, "/posts/hello?m=11" },
	{ "/out?x=1", 307, "https://other.example/a?x=1" },
	{ "/store?id=7&kind=book", 301, "/books/7" },
	{ "/store?id=7", 301, "/things/7" },
	{ "/store", 404, NULL },
	/* Encoded where it has to be, in the file and by the client. */
	{ "/my%20page", 301, "/your%20page" },
	{ "/m%79%20page", 301, "/your%20page" },
	{ "/find?q=a%20b%2Fc", 301, "/search/a%20b/c" },
	{ "/find?q=a+b", 301, "/search/a%20b" },
	{ "/say?word=a+b", 301, "/said" },
	{ "/say?word=a", 404, NULL },
	{ "/part?x=1", 301, "/whole?x=1#part" },
	/* What is there goes first. */
	{ "/here.txt", 200, "here" },
	{ "/docs/", 200, "docs" },
	{ "/docs", 301, "/docs/" },
	{ "/bare/", 302, "/listing-gone" },
	{ "/bare", 302, "/listing-gone" },
	{ "/forced.txt", 302, "/f" },
	{ "/index.html", 200, "app" },
	{ "/", 200, "home" },
	/* Inside the site, and never what is hidden. */
	{ "/app/any/where", 200, "app" },
	{ "/left/x", 410, "gone" },
	{ "/folder", 200, "docs" },
	{ "/peek/here.txt", 200, "here" },
	{ "/peek/.secret/key", 404, NULL },
	{ "/peek/_redirects", 404, NULL },
	{ "/same", 301, "/same/" },
	{ "/same/", 404, NULL },
};

/* Is a cache told that it depends on the language? */
static bool
varies(const char *path)
{
	return slice_is(rig_header(ask(path, ""), "Vary"), "Accept-Language");
}

Test(site_redirects, as_they_are_written)
{
	start_with(moved);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is(rows[i].path, rows[i].status, rows[i].what);
	cr_expect_eq(
	    ask("/de/x", "Accept-Language: de-AT,en\r\n")->status, 302);
	cr_expect_eq(ask("/de/x", "Accept-Language: en,de\r\n")->status, 404);
	cr_expect(varies("/de/x"));
	cr_expect(!varies("/none"));
	cr_expect_eq(ask("/de/x", "")->status, 404);
}

Test(site_redirects, lead_nobody_astray)
{
	start_with("/r/* /:splat 301\n"
		   "/two/* /:splat/evil.example 301\n"
		   "/q/:a /x/:a 302\n");
	is("/r//evil.example/", 301, "/evil.example/");
	is("/r/%0d%0aX:y", 400, NULL);
	is("/two/", 301, "/evil.example");
	is("/q/a%22%3Cb", 302, "/x/a%22%3Cb");
}

Test(site_redirects, are_no_file_of_the_site)
{
	struct rig_reply *r;

	start_with("/a /b\n");
	is("/_redirects", 404, NULL);
	is("/sub/_redirects", 200, "only a file");
	rig_file(dir, "list/a", "");
	rig_file(dir, "_headers", "/*\n  X-A: b\n");
	is("/_headers", 404, NULL);
	r = ask("/sub/", "");
	cr_expect(has(r->body, "./_redirects"));
	cr_assert_eq(remove(rig_in(dir, "index.html")), 0);
	r = ask("/", "");
	cr_expect(has(r->body, "./here.txt") && !has(r->body, "_redirects") &&
	    !has(r->body, "_headers"));
}

/* Changed while the site is served, also on one connection. */
Test(site_redirects, are_read_again)
{
	struct rig_reply r;
	int fd;

	start_with(NULL);
	is("/x", 404, NULL);
	rig_file(dir, "_redirects", "/x /one\n");
	is("/x", 301, "/one");
	fd = rig_open(server, "http");
	cr_assert(rig_get_on(fd, "/x", &r));
	cr_expect(slice_is(rig_header(&r, "Location"), "/one"));
	rig_reply_free(&r);
	rig_file(dir, "_redirects", "/x /two\n");
	cr_assert(rig_get_on(fd, "/x", &r));
	cr_expect(slice_is(rig_header(&r, "Location"), "/two"));
	rig_reply_free(&r);
	cr_assert_eq(remove(rig_in(dir, "_redirects")), 0);
	cr_assert(rig_get_on(fd, "/x", &r));
	cr_expect_eq(r.status, 404);
	rig_reply_free(&r);
}

static void
leads_to(int fd, const char *path, const char *to)
{
	struct rig_reply r;

	cr_assert(rig_get_on(fd, path, &r));
	cr_expect_eq(r.status, to != NULL ? 301 : 404);
	if (to != NULL)
		cr_expect(slice_is(rig_header(&r, "Location"), to));
	rig_reply_free(&r);
}

/*
 * That there is none is known from the folder, once that is old enough; and a
 * link whose end comes later does not change the folder.
 */
Test(site_redirects, come_after_a_while)
{
	int64_t until;
	int fd;

	start_with(NULL);
	fd = rig_open(server, "http");
	for (until = clock_ms() + 100; clock_ms() < until;)
		leads_to(fd, "/x", NULL);
	rig_file(dir, "_redirects", "/x /one\n");
	leads_to(fd, "/x", "/one");
	cr_assert_eq(remove(rig_in(dir, "_redirects")), 0);
	cr_assert_eq(symlink("docs/rules", rig_in(dir, "_redirects")), 0);
	for (until = clock_ms() + 100; clock_ms() < until;)
		leads_to(fd, "/x", NULL);
	rig_file(dir, "docs/rules", "/x /two\n");
	leads_to(fd, "/x", "/two");
	close(fd);
}

Test(site_redirects, faults_are_told_with_file_and_line)
{
	start_with("/a /b\n\n/c\n/x https://x.example/ 200\n/d /e 302\n"
		   "/de/* Language=de /f\n");
	cr_expect(rig_hear(server, "_redirects:3: where does it lead?"));
	cr_expect(
	    rig_hear(server, "_redirects:4: what answers must lie inside"));
	cr_expect(
	    rig_hear(server, "_redirects:6: Language= stands at the end"));
	is("/a", 301, "/b");
	is("/d", 302, "/e");
	is("/c", 404, NULL);
	is("/x", 404, NULL);
	rig_file(dir, "_redirects", "/a /b\n/q r\n");
	is("/a", 301, "/b");
	cr_expect(rig_hear(server, "_redirects:2: the second word"));
}

Test(site_redirects, of_each_host)
{
	const char *top = rig_place();

	rig_file(top, "default/index.html", "home");
	rig_file(top, "default/_redirects", "/a /default\n");
	rig_file(top, "b.localhost/index.html", "home");
	rig_file(top, "b.localhost/_redirects", "/a /b\n");
	server =
	    rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--vhosts", top));
	is("/a", 301, "/default");
	is("http://b.localhost/a", 301, "/b");
	is("http://b.localhost/_redirects", 404, NULL);
}
