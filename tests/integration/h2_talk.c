/*
 * h2_talk.c - HTTP/2 as a client sees it: what HTTP/1.1 has, many at once.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "h2_start.h"

/* "secret", as crypt(5) makes it. */
#define SECRET "$5$salt$kpa26zwgX83BPSR8d7w93OIXbFt/d3UOTZaAu5vsTM6"

Test(h2_talk, a_page_and_its_line_in_the_log)
{
	struct rig_h2 *h = begin(NULL, NULL);

	cr_assert(rig_h2_get(h, 1, "/f7.txt"));
	expect_body(h, 1, 200, "this is 7");
	cr_assert(slice_is(rig_h2_field(h, 1, "content-length"), "9"));
	cr_assert(slice_is(rig_h2_field(h, 1, "server"), "berth"));
	cr_assert(slice_starts(rig_h2_field(h, 1, "content-type"), "text/"));
	cr_assert_gt(rig_h2_field(h, 1, "date").n, 0);
	/* Nothing of a connection's (RFC 9113 8.2.2). */
	cr_assert_eq(rig_h2_field(h, 1, "connection").n, 0);
	cr_assert(rig_h2_get(h, 3, "/none"));
	expect_body(h, 3, 404, NULL);
	cr_assert(rig_hear(r, "\"GET /f7.txt HTTP/2.0\" 200 9 "));
	cr_assert(rig_hear(r, "\"GET /none HTTP/2.0\" 404 "));
	close(h->fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(h2_talk, what_is_offered)
{
	struct rig_h2 *h = begin(NULL, NULL);

	cr_assert(rig_h2_sync(h));
	cr_assert(h->settings);
	cr_assert_eq(h->setting[3], 100);   /* MAX_CONCURRENT_STREAMS */
	cr_assert_eq(h->setting[6], 65536); /* MAX_HEADER_LIST_SIZE */
	cr_assert_eq(h->setting[9], 1);     /* NO_RFC7540_PRIORITIES */
}

Test(h2_talk, ranges_conditions_and_head)
{
	struct rig_h2 *h = begin(NULL, NULL);
	struct buf lines;

	buf_init(&lines, 4096);
	rig_h2_head(h, 1, H2_END_STREAM,
	    ":method GET\n:path /f7.txt\n" AT_LOCALHOST "range bytes=5-6\n");
	expect_body(h, 1, 206, "is");
	cr_assert(slice_is(rig_h2_field(h, 1, "content-range"), "bytes 5-6/9"));
	rig_h2_head(
	    h, 3, H2_END_STREAM, ":method HEAD\n:path /f7.txt\n" AT_LOCALHOST);
	expect_body(h, 3, 200, "");
	cr_assert(slice_is(rig_h2_field(h, 3, "content-length"), "9"));
	cr_assert_eq(rig_h2_of(h, 3)->frames, 0);
	buf_addf(&lines,
	    ":method GET\n:path /f7.txt\n" AT_LOCALHOST "if-none-match %.*s\n",
	    SLICE_FMT(rig_h2_field(h, 3, "etag")));
	rig_h2_head(h, 5, H2_END_STREAM, buf_str(&lines));
	expect_body(h, 5, 304, "");
	cr_assert_eq(rig_h2_field(h, 5, "content-length").n, 0);
	rig_h2_head(h, 7, H2_END_STREAM,
	    ":method GET\n:path /f7.txt\n" AT_LOCALHOST
	    "range bytes=0-0,4-4\n");
	expect_body(h, 7, 206, NULL);
	cr_assert(slice_starts(
	    rig_h2_field(h, 7, "content-type"), "multipart/byteranges"));
	rig_h2_head(h, 9, H2_END_STREAM,
	    ":method GET\n:path /f7.txt\n" AT_LOCALHOST "range bytes=99-\n");
	expect_body(h, 9, 416, NULL);
	buf_free(&lines);
}

static void
post(struct rig_h2 *h, uint32_t id, const char *more)
{
	struct buf lines;

	buf_init(&lines, 4096);
	buf_addf(&lines, ":method POST\n:path /echo\n" AT_LOCALHOST "%s", more);
	cr_assert(rig_h2_head(h, id, 0, buf_str(&lines)));
	buf_free(&lines);
}

Test(h2_talk, bodies_come_back_and_trailers_are_read_over)
{
	struct rig_h2 *h = begin(NULL, NULL);

	post(h, 1, "content-length 5\n");
	post(h, 3, "");
	rig_h2_say(h, H2_DATA, 0, 3, "one ", 4);
	rig_h2_say(h, H2_DATA, H2_END_STREAM, 1, "hello", 5);
	expect_body(h, 1, 200, "hello");
	rig_h2_say(h, H2_DATA, H2_PADDED, 3, "\003two\0\0\0", 7);
	rig_h2_head(h, 3, H2_END_STREAM, "x-sum 1\nauthorization x\n");
	expect_body(h, 3, 200, "one two");
	/* Cookies come in crumbs (RFC 9113 8.2.3), Host by another name. */
	rig_h2_head(h, 5, H2_END_STREAM,
	    ":method GET\n:path /echo/headers\n" AT_LOCALHOST
	    "cookie a=1\nx-a b\ncookie b=2\n");
	expect_body(h, 5, 200, NULL);
	cr_assert_not_null(strstr(
	    buf_str(&rig_h2_of(h, 5)->body), "[\"cookie\",\"a=1; b=2\"]"));
	cr_assert_not_null(strstr(
	    buf_str(&rig_h2_of(h, 5)->body), "[\"host\",\"localhost\"]"));
	cr_assert_not_null(
	    strstr(buf_str(&rig_h2_of(h, 5)->body), "\"http\":\"2.0\""));
}

/* Longer than what is gathered before the program is asked; others go on. */
Test(h2_talk, a_long_body_is_read_on)
{
	struct rig_h2 *h = begin(NULL, NULL);
	static char body[300000];
	size_t at = 0, step = 10000, window;

	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = rig_pattern(i);
	cr_assert(rig_h2_sync(h));
	window = h->setting[4];
	cr_assert_eq(window, 131072);
	post(h, 1, "");
	while (at < sizeof(body)) {
		if (at + step > window + rig_h2_of(h, 1)->credit) {
			cr_assert(rig_h2_hear(h));
			continue;
		}
		at += step;
		rig_h2_say(h, H2_DATA, at == sizeof(body) ? H2_END_STREAM : 0,
		    1, body + at - step, step);
	}
	expect_pattern(h, 1, sizeof(body));
}

Test(h2_talk, continues_whom_it_lets_continue)
{
	struct rig_h2 *h = begin(NULL, NULL);

	post(h, 1, "content-length 5\nexpect 100-continue\n");
	while (rig_h2_of(h, 1)->heads == 0)
		cr_assert(rig_h2_hear(h));
	cr_assert_eq(rig_h2_of(h, 1)->status, 100);
	rig_h2_say(h, H2_DATA, H2_END_STREAM, 1, "hello", 5);
	expect_body(h, 1, 200, "hello");
	/* Nobody wants it: the answer, and the stream is over (8.1). */
	rig_h2_head(h, 3, 0,
	    ":method POST\n:path /f1.txt\n" AT_LOCALHOST
	    "content-length 5\nexpect 100-continue\n");
	while (!rig_h2_of(h, 3)->reset)
		cr_assert(rig_h2_hear(h));
	cr_assert_eq(rig_h2_of(h, 3)->status, 405);
	cr_assert_eq(rig_h2_of(h, 3)->error, H2_NO_ERROR);
	/* A small one is got out of the way. */
	rig_h2_head(h, 5, 0, ":method POST\n:path /f1.txt\n" AT_LOCALHOST);
	cr_assert(rig_h2_sync(h));
	cr_assert_eq(rig_h2_of(h, 5)->heads, 0);
	rig_h2_say(h, H2_DATA, H2_END_STREAM, 5, "hello", 5);
	expect_body(h, 5, 405, NULL);
	cr_assert_not(rig_h2_of(h, 5)->reset);
	rig_h2_head(h, 7, H2_END_STREAM,
	    ":method GET\n:path /f1.txt\n" AT_LOCALHOST "expect wonders\n");
	expect_body(h, 7, 417, NULL);
}

Test(h2_talk, who_is_asked_for)
{
	struct rig_h2 *h = begin(NULL, NULL);

	rig_h2_head(h, 1, H2_END_STREAM,
	    ":method GET\n:path /f1.txt\n:scheme http\n"
	    ":authority evil.example\n");
	expect_body(h, 1, 421, NULL);
	/* Without an authority Host counts (RFC 9113 8.3.1). */
	rig_h2_head(h, 3, H2_END_STREAM,
	    ":method GET\n:path /f1.txt\n:scheme http\nhost localhost\n");
	expect_body(h, 3, 200, "this is 1");
	rig_h2_head(h, 5, H2_END_STREAM,
	    ":method GET\n:path /f1.txt\n:scheme http\nhost evil.example\n");
	expect_body(h, 5, 421, NULL);
	/* A page of another origin may not read the echo. */
	rig_h2_head(h, 7, H2_END_STREAM,
	    ":method GET\n:path /echo\n" AT_LOCALHOST
	    "origin http://evil.example\n");
	expect_body(h, 7, 403, NULL);
	rig_h2_head(h, 9, H2_END_STREAM,
	    ":method GET\n:path /echo\n" AT_LOCALHOST
	    "origin http://localhost\n");
	expect_body(h, 9, 200, NULL);
}

Test(h2_talk, three_wrong_passwords_end_the_connection)
{
	struct rig_h2 *h;
	const char *users;

	make_site();
	users = rig_file(rig_place(), "users", "ann:" SECRET "\n");
	r = rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", dir, "--auth", users));
	h = dial();
	for (uint32_t id = 1; id <= 5; id += 2) {
		rig_h2_head(h, id, H2_END_STREAM,
		    ":method GET\n:path /f1.txt\n" AT_LOCALHOST
		    "authorization Basic YW5uOndyb25n\n");
		expect_body(h, id, 401, NULL);
	}
	expect_goaway(h, H2_NO_ERROR);
	h = dial();
	rig_h2_head(h, 1, H2_END_STREAM,
	    ":method GET\n:path /f1.txt\n" AT_LOCALHOST
	    "authorization Basic YW5uOnNlY3JldA==\n");
	expect_body(h, 1, 200, "this is 1");
	cr_assert(rig_hear(r, " - ann ["));
}

/* The choice of the protocol. */
Test(h2_talk, only_the_whole_preface_counts)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	struct rig_h2 *h = begin(NULL, NULL);
	struct rig_reply reply;
	int fd;

	/* In pieces, and with a request at once behind it. */
	fd = rig_open(r, "http");
	h = rig_h2_bare(fd);
	for (size_t i = 0; i < sizeof(preface) - 1; i++)
		cr_assert(rig_send_bytes(fd, preface + i, 1));
	rig_h2_say(h, H2_SETTINGS, 0, 0, NULL, 0);
	rig_h2_get(h, 1, "/f3.txt");
	expect_body(h, 1, 200, "this is 3");
	/* Another line of that kind is HTTP/1.1 of a version too high. */
	cr_assert(rig_ask(rig_address(r, "http"),
	    "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", &reply));
	cr_assert_eq(reply.status, 505);
	rig_reply_free(&reply);
	/* Later on it is too late. */
	fd = rig_open(r, "http");
	ask_text(fd, 4);
	expect_text(fd, 4);
	cr_assert(rig_send(fd, preface));
	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, 505);
	rig_reply_free(&reply);
	/* No upgrade: RFC 9113 3.1. */
	cr_assert(rig_ask(rig_address(r, "http"),
	    "GET /f5.txt HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, "
	    "HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "
	    "AAMAAABk\r\n\r\n",
	    &reply));
	cr_assert_eq(reply.status, 200);
	cr_assert(slice_is(reply.body, "this is 5"));
	rig_reply_free(&reply);
}

static bool
says(struct rig_h2 *h, uint32_t id, const char *line)
{
	return strstr(buf_str(&rig_h2_of(h, id)->head), line) != NULL;
}

#define BY_VISIT    "vary Accept, Sec-Fetch-Mode\n"
#define BY_LANGUAGE "vary Accept-Language\n"

/* Where the answer depends on who asks, caches are told; nowhere else. */
Test(h2_talk, each_stream_has_its_own_vary)
{
	struct rig_h2 *h;

	make_site();
	rig_file(dir, "index.html", "the app");
	rig_file(dir, "_redirects", "/de/* /deutsch/:splat 302 Language=de\n");
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--spa",
	    "--delay", "/late/*=300", "--delay", "/de/*=300", dir));
	h = dial();
	rig_h2_head(h, 1, H2_END_STREAM,
	    ":method GET\n:path /late/page\n" AT_LOCALHOST
	    "sec-fetch-mode navigate\n");
	rig_h2_head(h, 3, H2_END_STREAM,
	    ":method GET\n:path /de/x\n" AT_LOCALHOST "accept-language de\n");
	cr_assert(rig_h2_get(h, 5, "/f7.txt"));
	expect_body(h, 5, 200, "this is 7");
	expect_body(h, 1, 200, "the app");
	expect_body(h, 3, 302, NULL);
	cr_expect_gt(rig_h2_of(h, 1)->order, rig_h2_of(h, 5)->order);
	cr_expect(!says(h, 5, BY_VISIT) && !says(h, 5, BY_LANGUAGE));
	cr_expect(says(h, 1, BY_VISIT) && !says(h, 1, BY_LANGUAGE));
	cr_expect(!says(h, 3, BY_VISIT) && says(h, 3, BY_LANGUAGE));
	close(h->fd);
	cr_assert_eq(rig_stop(r), 0);
}
