/*
 * httpd_live.c - pages that reload themselves (--live).
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd_start.h"
#include "rig/http.h"
#include "rig/rig.h"
#include "system/clock.h"

/* Open the stream and hear its hello. */
static int
open_stream(const char *since)
{
	struct buf b, ask;
	int fd = rig_connect(address);

	buf_init(&ask, 512);
	buf_addf(&ask,
	    "GET /.berth/live?since=%s HTTP/1.1\r\nHost: localhost\r\n\r\n",
	    since);
	cr_assert(rig_send_bytes(fd, ask.p, ask.n));
	buf_init(&b, 8192);
	cr_assert(rig_read_through(fd, &b, "event: hello\ndata: "));
	cr_assert(rig_read_through(fd, &b, "\n\n\r\n"));
	return fd;
}

/* As a browser goes to a page. */
static bool
visit(const char *path, struct rig_reply *reply)
{
	struct buf ask;
	bool fine;

	buf_init(&ask, 512);
	buf_addf(&ask,
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n"
	    "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
	    "Accept-Encoding: gzip, br\r\n\r\n",
	    path);
	fine = rig_ask(address, buf_str(&ask), reply);
	buf_free(&ask);
	return fine;
}

static const char *
value_of(struct slice body, const char *name)
{
	static struct buf value;
	const char *at = memmem(body.p, body.n, name, strlen(name));

	cr_assert_not_null(at, "%s is not in the page", name);
	buf_init(&value, 100);
	at += strlen(name);
	while (*at != '"')
		buf_addc(&value, *at++);
	return buf_str(&value);
}

static void
expect_event(int fd, const char *event)
{
	struct slice rest;
	struct buf b;

	buf_init(&b, 8192);
	do { /* comments come on a machine that takes its time */
		buf_clear(&b);
		cr_assert(rig_read_through(fd, &b, "\n\n\r\n"));
		rest = buf_slice(&b);
		slice_cut(&rest, '\n'); /* the size of the chunk */
	} while (slice_starts(rest, ":"));
	cr_expect(
	    slice_starts(rest, event), "%.*s, not %s", (int)b.n, b.p, event);
	buf_free(&b);
}

Test(httpd_live, tells_what_changed)
{
	const char *dir = rig_place();
	int fd;

	rig_file(dir, "index.html", "<p>one");
	rig_file(dir, "sub/deep/style.css", "p{}");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	fd = open_stream("");
	rig_file(dir, "sub/deep/style.css", "p{color:red}");
	expect_event(fd, "event: style\n");
	rig_file(dir, "index.html", "<p>two");
	expect_event(fd, "event: page\n");
	/* Changes in directories that are new are seen as well. */
	rig_file(dir, "sub/new/other.txt", "x");
	expect_event(fd, "event: page\n");
	rig_pause_ms(100);
	rig_file(dir, "sub/new/other.css", "x");
	expect_event(fd, "event: style\n");
	/* Many editors write elsewhere and rename. */
	rig_file(dir, "style.css.part", "x");
	cr_assert_eq(
	    rename(rig_in(dir, "style.css.part"), rig_in(dir, "style.css")), 0);
	expect_event(fd, "event: style\n");
	/* What editors keep for themselves is nobody's business. */
	rig_file(dir, ".index.html.swp", "x");
	rig_file(dir, "index.html~", "x");
	rig_file(dir, "4913", "x");
	rig_file(dir, "#index.html#", "x");
	rig_file(dir, "index.html___jb_tmp___", "x");
	rig_file(dir, "style.css.map", "x");
	rig_file(dir, "style.scss", "x");
	rig_file(dir, "build.log", "x");
	cr_expect(rig_expect_silence(fd, 300));
}

Test(httpd_live, ignores_what_it_is_told_to)
{
	const char *dir = rig_place();
	int fd;

	rig_file(dir, "cache/a.html", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", "--live-ignore",
	    "*.gen.html", "--live-ignore", "cache", dir));
	fd = open_stream("");
	rig_file(dir, "a.gen.html", "x");
	rig_file(dir, "cache/a.html", "y");
	cr_expect(rig_expect_silence(fd, 300));
	rig_file(dir, "a.html", "x");
	expect_event(fd, "event: page\n");
}

#define TAG "src=\"/.berth/live.js\" data-since=\""

/* So that they are gone once there is something to see. */
Test(httpd_live, error_pages_and_listings_reload_too)
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

Test(httpd_live, tells_what_was_missed)
{
	const char *dir = rig_place();
	int fd;

	rig_file(dir, "style.css", "p{}");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	fd = open_stream("1");
	expect_event(fd, "event: style\n");
	rig_file(dir, "index.html", "<p>");
	expect_event(open_stream("1"), "event: page\n");
	expect_event(fd, "event: page\n");
	cr_expect(rig_expect_silence(open_stream("9999999999999"), 200));
}

Test(httpd_live, adds_its_script_to_documents_only)
{
	const char *dir = rig_place();
	struct rig_reply reply;

	rig_file(dir, "index.html", "<!doctype html><title>one</title>");
	rig_file(dir, "index.html.gz", "\x1f\x8b\x08");
	rig_file(dir, "plain.txt", "<p>one");
	rig_file(
	    dir, "a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>");
	rig_file(dir, "a.xhtml",
	    "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head/></html>");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	cr_assert(visit("/", &reply));
	cr_expect(slice_starts(reply.body, "<!doctype html><script " TAG));
	cr_expect(slice_ends(reply.body, "</script><title>one</title>"));
	cr_expect(slice_is(rig_header(&reply, "Cache-Control"), "no-store"));
	cr_expect_eq(rig_header(&reply, "ETag").p, NULL);
	cr_assert(visit("/a.svg", &reply));
	cr_expect(has(reply.body,
	    "2000/svg\"><script xmlns=\"http://www.w3.org/1999/xhtml\" " TAG));
	cr_assert(visit("/a.xhtml", &reply));
	cr_expect(has(reply.body, TAG) && has(reply.body, "</script><head/>"));
	cr_assert(visit("/plain.txt", &reply));
	cr_expect(slice_is(reply.body, "<p>one"));
	/* A script fetches it, as a fragment; a program; in part. */
	cr_assert(rig_ask(address,
	    "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n"
	    "Sec-Fetch-Dest: empty\r\n\r\n",
	    &reply));
	cr_expect(
	    !has(reply.body, TAG) && rig_header(&reply, "ETag").p != NULL);
	cr_assert(rig_ask(address,
	    "GET /a.svg HTTP/1.1\r\nHost: localhost\r\n"
	    "Sec-Fetch-Dest: image\r\n\r\n",
	    &reply));
	cr_expect(!has(reply.body, TAG));
	cr_assert(rig_get(address, "/", &reply));
	cr_expect(!has(reply.body, TAG));
	/* A browser on another machine, which does not say. */
	cr_assert(rig_ask(address,
	    "GET / HTTP/1.1\r\nHost: localhost\r\n"
	    "Accept: text/html,*/*;q=0.8\r\nRange: bytes=-5\r\n\r\n",
	    &reply));
	cr_expect(reply.status == 200 && has(reply.body, TAG));
	cr_assert(rig_get(address, "/.berth/live.js", &reply));
	cr_expect(has(reply.body, "EventSource"));
}

/* More than fits into memory: its rest is sent from the file. */
Test(httpd_live, large_documents_get_it_too)
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

/* Between the serving of a page and the opening of its stream. */
Test(httpd_live, a_change_before_the_stream_is_open_is_told)
{
	const char *dir = rig_place();
	struct rig_reply reply;
	int fd;

	rig_file(dir, "index.html", "<p>one");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	rig_pause_ms(20); /* a tick of the file system's clock */
	cr_assert(visit("/", &reply));
	fd = open_stream(value_of(reply.body, "data-since=\""));
	cr_expect(rig_expect_silence(fd, 200));
	close(fd);
	rig_file(dir, "index.html", "<p>two");
	expect_event(open_stream(value_of(reply.body, "data-since=\"")),
	    "event: page\n");
}

static void
expect_look(const char *since, const char *folder, const char *word)
{
	struct rig_reply reply;
	struct buf path;

	buf_init(&path, 512);
	buf_addf(&path, "/.berth/live?look=%s&folder=%s", since, folder);
	cr_assert(rig_get(address, buf_str(&path), &reply));
	cr_expect(slice_starts(reply.body, word), "%.*s, not %s",
	    (int)reply.body.n, reply.body.p, word);
	buf_free(&path);
}

/* For pages that hear of changes by another page of their browser. */
Test(httpd_live, a_page_can_look_once)
{
	const char *dir = rig_place();
	struct rig_reply reply;
	char folder[64];

	rig_file(dir, "a.css", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	cr_assert(visit("/", &reply));
	snprintf(folder, sizeof(folder), "%s",
	    value_of(reply.body, "data-folder=\""));
	expect_look("1", folder, "style ");
	expect_look("9999999999999", folder, "nothing ");
	expect_look("9999999999999", "123", "page ");
}

/* The time of a file is its owner's to set: 2099 is no change. */
Test(httpd_live, a_file_from_the_future_is_no_news_for_ever)
{
	const char *dir = rig_place();
	struct timespec times[2] = { { 4070908800, 0 }, { 4070908800, 0 } };
	struct rig_reply reply;

	rig_file(dir, "index.html", "<p>one");
	cr_assert_eq(
	    utimensat(AT_FDCWD, rig_in(dir, "index.html"), times, 0), 0);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	rig_pause_ms(20);
	cr_assert(visit("/", &reply));
	cr_expect(rig_expect_silence(
	    open_stream(value_of(reply.body, "data-since=\"")), 200));
}

/* What a browser gets by links of any kind is watched as well. */
Test(httpd_live, follows_links_as_requests_do)
{
	const char *dir = rig_place(), *site;
	int fd;

	rig_file(dir, "releases/5/index.html", "x");
	rig_file(dir, "releases/5/.cache/now/x.html", "x");
	rig_file(dir, "hard.html", "x");
	rig_file(dir, "shared/lib.html", "x");
	site = rig_in(dir, "site");
	cr_assert_eq(symlink("releases/5", site), 0);
	cr_assert_eq(symlink(".cache/now", rig_in(dir, "site/now")), 0);
	cr_assert_eq(symlink("../../shared", rig_in(dir, "site/shared")), 0);
	cr_assert_eq(
	    link(rig_in(dir, "hard.html"), rig_in(dir, "site/hard.html")), 0);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live",
	    "--follow-symlinks", rig_in(dir, "site")));
	fd = open_stream("");
	/* a symlinked root */
	rig_file(dir, "releases/5/index.html", "y");
	expect_event(fd, "event: page\n");
	/* a link to a hidden folder inside */
	rig_file(dir, "releases/5/.cache/now/x.html", "y");
	expect_event(fd, "event: page\n");
	/* a hard link, by its other name */
	rig_file(dir, "hard.html", "y");
	expect_event(fd, "event: page\n");
	/* a link that leads out */
	rig_file(dir, "shared/lib.html", "y");
	expect_event(fd, "event: page\n");
}

/* rm -rf dist && build: the page hears of what is new, and that it is. */
Test(httpd_live, a_clean_rebuild_is_told)
{
	const char *dir = rig_place();
	struct rig_reply reply;
	char folder[64];
	int fd;

	rig_file(dir, "dist/index.html", "<p>one");
	rig_file(dir, "old/index.html", "<p>old");
	start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--live", rig_in(dir, "dist")));
	cr_assert(visit("/", &reply));
	snprintf(folder, sizeof(folder), "%s",
	    value_of(reply.body, "data-folder=\""));
	fd = open_stream("");
	/* An earlier build comes back: all its files are older. */
	cr_assert_eq(rename(rig_in(dir, "dist"), rig_in(dir, "gone")), 0);
	cr_assert_eq(rename(rig_in(dir, "old"), rig_in(dir, "dist")), 0);
	cr_expect(rig_expect(fd, "0\r\n\r\n"), "the stream ends");
	close(fd);
	expect_look("9999999999999", folder, "page ");
	cr_assert(visit("/", &reply));
	cr_expect(has(reply.body, "<p>old"));
}

/* With --spa a page may be one that only navigations get. */
Test(httpd_live, a_page_of_an_application_is_there)
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

Test(httpd_live, what_a_client_says_meanwhile_waits)
{
	struct rig_reply reply;
	int fd;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", rig_place()));
	fd = open_stream("");
	cr_assert(
	    rig_send(fd, "GET /another HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	cr_expect(rig_expect_silence(fd, 100));
	rig_half_close(fd);
	cr_expect(rig_expect(fd, "0\r\n\r\n"));
	cr_assert(rig_reply(fd, &reply, false));
	cr_expect_eq(reply.status, 404);
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_expect(rig_hear(r, "\"GET /.berth/live?since= HTTP/1.1\" 200 "));
	cr_expect(rig_hear(r, "/another"));
	cr_expect_eq(rig_stop(r), 0);
}

Test(httpd_live, a_drain_ends_the_stream)
{
	int fd;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", rig_place()));
	fd = open_stream("");
	rig_signal(r, SIGTERM);
	cr_expect(rig_expect(fd, "0\r\n\r\n"));
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_expect_eq(rig_wait(r), 0);
}

/* More pages than a user has inotify instances (128, unless root said else). */
#define PAGES 140

static void
expect_all(int *fds, const char *event)
{
	for (int i = 0; i < PAGES; i++)
		if (fds[i] >= 0)
			expect_event(fds[i], event);
}

Test(httpd_live, one_watch_serves_many_pages)
{
	const char *dir = rig_place();
	int fds[PAGES];

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	for (int i = 0; i < PAGES; i++)
		fds[i] = open_stream("");
	rig_file(dir, "a.css", "x");
	expect_all(fds, "event: style\n");
	/* Whoever watched goes, and another takes over. */
	for (int i = 0; i < PAGES - 2; i++) {
		close(fds[i]);
		fds[i] = -1;
		if (i % 40 != 0)
			continue;
		rig_file(dir, "a.html", "x");
		expect_all(fds, "event: page\n");
	}
	for (int i = PAGES - 2; i < PAGES; i++)
		close(fds[i]);
	cr_expect_eq(rig_stop(r), 0);
}

/*
 * A page that loads anew lets its stream go while the next file of a build is
 * being written.  What its process had heard and kept for the others, to tell
 * it with what follows, was lost with it.
 */
Test(httpd_live, whoever_watches_takes_no_news_along)
{
	const char *dir = rig_place();
	int watches, other;

	rig_file(dir, "a.html", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	watches = open_stream("");
	for (int i = 0; i < 24; i++) {
		other = open_stream("");
		if (i % 2 == 0)
			rig_file(dir, "a.html", "x");
		else
			cr_assert_eq(unlink(rig_in(dir, "a.html")), 0);
		rig_pause_ms(5 * (i % 6)); /* before, while, after it hears */
		close(watches);
		expect_event(other, "event: page\n");
		watches = other;
	}
	close(watches);
	cr_expect_eq(rig_stop(r), 0);
}
