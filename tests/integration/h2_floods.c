/*
 * h2_floods.c - a client of HTTP/2 that has us work for nothing: each flood
 * ends its connection, in the process that is its own, and nobody else
 * notices.
 */
#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "h2_start.h"

#define MANY 20000

/* Until it is ended; what the server says meanwhile is read, too. */
static void
flood(struct rig_h2 *h, bool (*once)(struct rig_h2 *, uint32_t turn))
{
	for (uint32_t i = 0; i < MANY && h->goaways == 0; i++) {
		struct pollfd p = { .fd = h->fd, .events = POLLIN };

		while (poll(&p, 1, 0) > 0)
			if (!rig_h2_hear(h))
				return;
		if (!once(h, i))
			return;
	}
}

static void
ends(bool (*once)(struct rig_h2 *, uint32_t), const char *why)
{
	struct rig_h2 *h = begin(NULL, NULL);

	flood(h, once);
	expect_goaway(h, H2_ENHANCE_YOUR_CALM);
	cr_assert(rig_hear(r, why));
	h = dial();
	rig_h2_get(h, 1, "/f1.txt");
	expect_body(h, 1, 200, "this is 1");
	/* It was no crash, and not the server's fault. */
	cr_assert_eq(rig_count(r, "signal"), 0);
}

/* CVE-2023-44487 */
static bool
take_back(struct rig_h2 *h, uint32_t i)
{
	return rig_h2_get(h, 2 * (i % 4000) + 1, "/large") &&
	    rig_h2_number(h, H2_RST_STREAM, 2 * (i % 4000) + 1, H2_CANCEL);
}

Test(h2_floods, rapid_reset)
{
	ends(take_back, "HTTP/2: too many requests taken back");
}

/* A browser that leaves a page takes back all at once, and comes again. */
Test(h2_floods, a_page_that_is_left_is_no_flood)
{
	struct rig_h2 *h = begin(NULL, NULL);

	for (uint32_t i = 0; i < 150; i++) {
		rig_h2_get(h, 2 * i + 1, "/echo/delay/20");
		rig_h2_number(h, H2_RST_STREAM, 2 * i + 1, H2_CANCEL);
	}
	rig_h2_get(h, 301, "/f1.txt");
	expect_body(h, 301, 200, "this is 1");
	cr_assert_eq(h->goaways, 0);
}

/* The server's own resets: MadeYouReset, CVE-2025-8671. */
static bool
provoke(struct rig_h2 *h, uint32_t i)
{
	return rig_h2_get(h, 2 * (i % 4000) + 1, "/large") &&
	    rig_h2_number(h, H2_WINDOW_UPDATE, 2 * (i % 4000) + 1, 0x7fffffff);
}

Test(h2_floods, made_you_reset)
{
	ends(provoke, "HTTP/2: too many ");
}

static bool
malform(struct rig_h2 *h, uint32_t i)
{
	return rig_h2_head(h, 2 * (i % 4000) + 1, H2_END_STREAM,
	    ":method GET\n:path /\n" AT_LOCALHOST "connection close\n");
}

Test(h2_floods, malformed_requests)
{
	/* As such, or for the resets they earn: whichever is counted first. */
	ends(malform, "HTTP/2: too many ");
}

static bool
break_rule(struct rig_h2 *h, uint32_t i)
{
	uint32_t id = 2 * (i % 4000) + 1;

	if (!rig_h2_get(h, id, "/a#b"))
		return false;
	/* No more at once than it may. */
	while (rig_h2_of(h, id)->order == 0 && h->goaways == 0)
		if (!rig_h2_hear(h))
			return false;
	return true;
}

Test(h2_floods, bad_requests)
{
	ends(break_rule, "HTTP/2: too many malformed messages");
}

static bool
set(struct rig_h2 *h, uint32_t i)
{
	return rig_h2_set(h, 4, 1000 + i);
}

Test(h2_floods, settings)
{
	ends(set, "HTTP/2: too many changes of settings");
}

static bool
ping(struct rig_h2 *h, uint32_t i)
{
	(void)i;
	return rig_h2_say(h, H2_PING, 0, 0, "12345678", 8);
}

Test(h2_floods, pings)
{
	ends(ping, "HTTP/2: too many pings");
}

/* Who does not read the answers is held up by its own windows. */
Test(h2_floods, pings_whose_answers_nobody_reads)
{
	struct rig_h2 *h;

	make_site();
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
	h = rig_h2_open(rig_connect_narrow(rig_address(r, "http")));
	for (uint32_t i = 0; i < MANY && ping(h, i); i++)
		;
	cr_assert(rig_hear(r, "HTTP/2: too many pings"));
}

static bool
change_priority(struct rig_h2 *h, uint32_t i)
{
	return rig_h2_say(h, H2_PRIORITY_UPDATE, 0, 0,
	    i % 2 == 0 ? "\0\0\0\1u=1" : "\0\0\0\1u=2", 7);
}

Test(h2_floods, priorities)
{
	ends(change_priority, "HTTP/2: too many changes of priorities");
}

static bool
change_old_priority(struct rig_h2 *h, uint32_t i)
{
	(void)i;
	return rig_h2_say(h, H2_PRIORITY, 0, 1, "\0\0\0\0\1", 5);
}

Test(h2_floods, priorities_of_old)
{
	ends(change_old_priority, "HTTP/2: too many changes of priorities");
}

static bool
open_window(struct rig_h2 *h, uint32_t i)
{
	(void)i;
	return rig_h2_number(h, H2_WINDOW_UPDATE, 0, 1);
}

Test(h2_floods, windows)
{
	ends(open_window, "HTTP/2: too many changes of windows");
}

static bool
say_nothing(struct rig_h2 *h, uint32_t i)
{
	if (i == 0)
		return rig_h2_head(
		    h, 1, 0, ":method POST\n:path /echo\n" AT_LOCALHOST);
	return rig_h2_say(h, H2_DATA, 0, 1, NULL, 0);
}

Test(h2_floods, empty_data)
{
	ends(say_nothing, "HTTP/2: too many empty frames");
}

/* CVE-2024-28182 */
static bool
go_on(struct rig_h2 *h, uint32_t i)
{
	static const char field[] = "\0\1x\1y";

	if (i == 0)
		return rig_h2_say(
		    h, H2_HEADERS, H2_END_STREAM, 1, "\202\204\206", 3);
	return rig_h2_say(h, H2_CONTINUATION, 0, 1, field, 5);
}

Test(h2_floods, continuation)
{
	ends(go_on, "HTTP/2: ");
}

static bool
go_on_without_a_word(struct rig_h2 *h, uint32_t i)
{
	if (i == 0)
		return rig_h2_say(
		    h, H2_HEADERS, H2_END_STREAM, 1, "\202\204\206", 3);
	return rig_h2_say(h, H2_CONTINUATION, 0, 1, NULL, 0);
}

Test(h2_floods, empty_continuation)
{
	ends(go_on_without_a_word, "HTTP/2: ");
}

/* One field of 3 KB in the table, and then again and again by its number. */
Test(h2_floods, a_bomb_of_hpack)
{
	struct rig_h2 *h = begin(NULL, NULL);
	struct buf b;

	buf_init(&b, RIG_BUF_MAX);
	buf_addz(&b, "\202\204\206");
	buf_add(&b, "\101\011localhost", 11);
	buf_add(&b, "\100\001x\177\271\026", 6); /* 127 + 2873 = 3000 */
	for (int i = 0; i < 3000; i++)
		buf_addc(&b, 'y');
	for (int i = 0; i < 10000; i++)
		buf_addc(&b, (char)(0x80 | 62));
	rig_h2_say(h, H2_HEADERS, 5, 1, b.p, b.n);
	expect_goaway(h, H2_ENHANCE_YOUR_CALM);
	cr_assert(rig_hear(r, "HTTP/2: a head without end"));
	buf_free(&b);
}

/* What of use is done pays for what a download needs. */
Test(h2_floods, a_long_download_is_no_flood)
{
	struct rig_h2 *h = begin(NULL, NULL);

	for (uint32_t i = 0; i < 4; i++)
		rig_h2_get(h, 2 * i + 1, "/large");
	for (uint32_t i = 0; i < 4; i++)
		expect_pattern(h, 2 * i + 1, LARGE);
	cr_assert_eq(h->goaways, 0);
}
