/*
 * httpd_live.c - pages that reload themselves (--live).
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
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

/* So that they are gone once there is something to see. */
Test(httpd_live, error_pages_and_listings_reload_too)
{
	static const char tag[] = "<script src=\"/.berth/live.js\"></script>";
	const char *dir = rig_place();
	struct rig_reply reply;

	rig_file(dir, "sub/a.txt", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	cr_assert(rig_get(address, "/missing", &reply));
	cr_expect(reply.status == 404 && has(reply.body, tag));
	cr_assert(rig_get(address, "/sub/", &reply));
	cr_expect(reply.status == 200 && has(reply.body, tag));
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

Test(httpd_live, adds_its_script_to_pages_only)
{
	const char *dir = rig_place();
	struct rig_reply reply;

	rig_file(dir, "index.html", "<p>one");
	rig_file(dir, "plain.txt", "<p>one");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	cr_assert(rig_get(address, "/", &reply));
	cr_expect(slice_is(
	    reply.body, "<p>one<script src=\"/.berth/live.js\"></script>\n"));
	cr_assert(rig_get(address, "/plain.txt", &reply));
	cr_expect(slice_is(reply.body, "<p>one"));
	cr_assert(rig_ask(address,
	    "GET / HTTP/1.1\r\nHost: localhost\r\nRange: bytes=-5\r\n\r\n",
	    &reply));
	cr_expect_eq(reply.status, 206);
	cr_expect(slice_is(reply.body, "ipt>\n"));
	cr_expect(
	    slice_is(rig_header(&reply, "Content-Range"), "bytes 41-45/46"));
	cr_assert(rig_get(address, "/.berth/live.js", &reply));
	cr_expect(has(reply.body, "EventSource"));
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
