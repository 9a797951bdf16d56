/*
 * h2_flow.c - many streams of HTTP/2 at once: nobody waits for another, windows
 * are kept to, and the urgent comes first.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "h2_start.h"

Test(h2_flow, a_hundred_at_once_in_one_process)
{
	struct rig_h2 *h = begin(NULL, NULL);
	char path[32], text[32];

	/* Of each ten one is large, and nobody waits for it. */
	for (uint32_t i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/f%u.txt", i % 20);
		rig_h2_get(h, 2 * i + 1, i % 50 == 0 ? "/large" : path);
	}
	for (uint32_t i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "this is %u", i % 20);
		if (i % 50 != 0)
			expect_body(h, 2 * i + 1, 200, text);
	}
	/* Ours, and those that wait for others. */
	cr_assert_lt(rig_children(rig_pid(r), NULL, 0), 30);
	expect_pattern(h, 1, LARGE);
	expect_pattern(h, 101, LARGE);
	/* The small ones had not to wait for the large. */
	cr_assert_gt(rig_h2_of(h, 1)->order, 20);
}

Test(h2_flow, who_waits_holds_up_nobody)
{
	struct rig_h2 *h = begin("--live", NULL);

	rig_h2_get(h, 1, "/.berth/live");
	rig_h2_get(h, 3, "/echo/delay/3");
	rig_h2_get(h, 5, "/echo/delay/1");
	rig_h2_get(h, 7, "/f1.txt");
	expect_body(h, 7, 200, "this is 1");
	expect_body(h, 5, 200, "");
	expect_body(h, 3, 200, "");
	cr_assert_lt(rig_h2_of(h, 7)->order, rig_h2_of(h, 5)->order);
	cr_assert_lt(rig_h2_of(h, 5)->order, rig_h2_of(h, 3)->order);
	/* The stream of events still lives. */
	cr_assert_eq(rig_h2_of(h, 1)->order, 0);
	rig_file(dir, "new.html", "<p>new");
	while (strstr(buf_str(&rig_h2_of(h, 1)->body), "event: page") == NULL)
		cr_assert(rig_h2_hear(h));
	/* One that is taken back ends alone. */
	rig_h2_number(h, H2_RST_STREAM, 1, H2_CANCEL);
	rig_h2_get(h, 9, "/f2.txt");
	expect_body(h, 9, 200, "this is 2");
	cr_assert(rig_hear(r, "\"GET /.berth/live HTTP/2.0\" 200 "));
}

Test(h2_flow, windows_are_kept_to)
{
	struct rig_h2 *h = begin(NULL, NULL);

	h->greedy = false;
	rig_h2_set(h, 4, 0); /* INITIAL_WINDOW_SIZE */
	rig_h2_get(h, 1, "/large");
	rig_h2_get(h, 3, "/f1.txt");
	cr_assert(rig_h2_sync(h));
	cr_assert_eq(rig_h2_of(h, 1)->status, 200);
	cr_assert_eq(rig_h2_of(h, 1)->frames, 0);
	rig_h2_number(h, H2_WINDOW_UPDATE, 1, 3);
	cr_assert(rig_h2_sync(h));
	cr_assert_eq(rig_h2_of(h, 1)->body.n, 3);
	rig_h2_number(h, H2_WINDOW_UPDATE, 3, 9);
	expect_body(h, 3, 200, "this is 1");
	/* The connection's: 65535 less what has been sent. */
	rig_h2_number(h, H2_WINDOW_UPDATE, 1, LARGE);
	cr_assert(rig_h2_sync(h));
	cr_assert_eq(rig_h2_of(h, 1)->body.n, 65535 - 9);
	h->greedy = true;
	rig_h2_number(h, H2_WINDOW_UPDATE, 0, LARGE);
	expect_pattern(h, 1, LARGE);
}

/* All of the connection's window is used up by the first. */
static struct rig_h2 *
shut(void)
{
	struct rig_h2 *h = begin(NULL, NULL);

	h->greedy = false;
	rig_h2_get(h, 1, "/large");
	while (rig_h2_of(h, 1)->body.n < 65535)
		cr_assert(rig_h2_hear(h));
	rig_h2_number(h, H2_WINDOW_UPDATE, 1, LARGE);
	return h;
}

static void
want(struct rig_h2 *h, uint32_t id, const char *priority)
{
	struct buf lines;

	buf_init(&lines, 4096);
	buf_addf(&lines,
	    ":method GET\n:path /large\n" AT_LOCALHOST "priority %s\n",
	    priority);
	rig_h2_head(h, id, H2_END_STREAM, buf_str(&lines));
	buf_free(&lines);
}

/* RFC 9218 */
Test(h2_flow, the_urgent_comes_first)
{
	struct rig_h2 *h = shut();

	want(h, 3, "u=7");
	want(h, 5, "u=0");
	want(h, 7, "u=1, i");
	want(h, 9, "u=1, i");
	cr_assert(rig_h2_sync(h));
	cr_assert_eq(rig_h2_of(h, 5)->status, 200);
	rig_h2_number(h, H2_WINDOW_UPDATE, 0, 30000);
	cr_assert(rig_h2_sync(h));
	cr_assert_eq(rig_h2_of(h, 5)->body.n, 30000);
	/* A change of mind; those that can be used bit by bit take turns. */
	rig_h2_say(h, H2_PRIORITY_UPDATE, 0, 0, "\0\0\0\5u=6", 7);
	rig_h2_number(h, H2_WINDOW_UPDATE, 0, 65536);
	cr_assert(rig_h2_sync(h));
	cr_assert_eq(rig_h2_of(h, 5)->body.n, 30000);
	cr_assert_eq(rig_h2_of(h, 7)->body.n, 32768);
	cr_assert_eq(rig_h2_of(h, 9)->body.n, 32768);
	cr_assert_eq(rig_h2_of(h, 3)->body.n, 0);
}

Test(h2_flow, a_client_that_ends_its_side_gets_the_rest)
{
	struct rig_h2 *h = begin(NULL, NULL);

	rig_h2_number(h, H2_WINDOW_UPDATE, 0, 2 * LARGE);
	rig_h2_set(h, 4, 2 * LARGE);
	h->greedy = false;
	rig_h2_get(h, 1, "/large");
	rig_h2_get(h, 3, "/echo/delay/0.2");
	rig_half_close(h->fd);
	expect_pattern(h, 1, LARGE);
	expect_body(h, 3, 200, "");
	cr_assert(rig_h2_until_end(h));
}

/* What was promised cannot be kept: RFC 9110 8.6, no padding. */
Test(h2_flow, a_file_that_shrinks_breaks_its_stream_alone)
{
	struct rig_h2 *h = begin(NULL, NULL);

	h->greedy = false;
	rig_h2_get(h, 1, "/large");
	while (rig_h2_of(h, 1)->body.n < 65535)
		cr_assert(rig_h2_hear(h));
	cr_assert_eq(truncate(rig_in(dir, "large"), 70000), 0);
	h->greedy = true;
	rig_h2_number(h, H2_WINDOW_UPDATE, 0, 200000);
	rig_h2_number(h, H2_WINDOW_UPDATE, 1, 200000);
	cr_assert(rig_h2_until(h, 1));
	cr_assert(rig_h2_of(h, 1)->reset);
	cr_assert_eq(rig_h2_of(h, 1)->error, H2_INTERNAL_ERROR);
	rig_h2_get(h, 3, "/f1.txt");
	expect_body(h, 3, 200, "this is 1");
}
