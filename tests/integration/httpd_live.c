/*
 * httpd_live.c - pages that reload themselves (--live): which news they
 * are told.
 */
#include <stdio.h>
#include <unistd.h>

#include "httpd_live_start.h"

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
	struct rig_reply reply;

	rig_file(dir, "index.html", "<p>one");
	rig_touch(dir, "index.html", 4070908800);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	rig_pause_ms(20);
	cr_assert(visit("/", &reply));
	cr_expect(rig_expect_silence(
	    open_stream(value_of(reply.body, "data-since=\"")), 200));
}
