/*
 * h2_drain.c - a server that ends or reloads while it speaks HTTP/2: nothing
 * that was asked is lost.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "h2_start.h"

/* Until the first GOAWAY, which only says that there will be another one. */
static void
expect_notice(struct rig_h2 *h)
{
	while (h->goaways == 0)
		cr_assert(rig_h2_hear(h));
	cr_assert_eq(h->error, H2_NO_ERROR);
	cr_assert_eq(h->last, 0x7fffffff);
}

Test(h2_drain, replies_on_their_way_arrive)
{
	struct rig_h2 *h = begin(NULL, NULL), *idle = dial();

	h->greedy = false;
	rig_h2_sync(idle);
	rig_h2_get(h, 1, "/large");
	rig_h2_get(h, 3, "/echo/delay/1");
	while (rig_h2_of(h, 1)->body.n < 65535)
		cr_assert(rig_h2_hear(h));
	rig_signal(r, SIGTERM);
	expect_notice(h);
	/* What is asked before the client knows is answered. */
	h->greedy = true;
	rig_h2_number(h, H2_WINDOW_UPDATE, 0, LARGE);
	rig_h2_number(h, H2_WINDOW_UPDATE, 1, LARGE);
	expect_pattern(h, 1, LARGE);
	expect_body(h, 3, 200, "");
	cr_assert(rig_h2_until_end(h));
	cr_assert_eq(h->goaways, 2);
	cr_assert_eq(h->error, H2_NO_ERROR);
	cr_assert_eq(h->last, 3);
	cr_assert(rig_h2_until_end(idle));
	cr_assert_eq(idle->goaways, 2);
	cr_assert_eq(idle->last, 0);
	cr_assert_eq(rig_wait(r), 0);
}

/* The request and the notice pass each other on the way. */
Test(h2_drain, what_was_asked_before_the_notice_arrived_is_answered)
{
	struct rig_h2 *h = begin(NULL, NULL);
	uint8_t head[9];
	struct buf b;

	cr_assert(rig_h2_sync(h));
	rig_signal(r, SIGTERM);
	/* Not rig_h2_hear(): the ping behind it is not to be answered yet. */
	cr_assert_eq(rig_receive(h->fd, head, 9), 9);
	cr_assert_eq(head[3], H2_GOAWAY);
	rig_h2_get(h, 1, "/f1.txt");
	buf_init(&b, 100);
	cr_assert(rig_read(h->fd, &b, 8));
	cr_assert(rig_h2_until(h, 1));
	cr_assert(body_is(h, 1, "this is 1"));
	cr_assert(rig_h2_until_end(h));
	cr_assert_eq(h->last, 1);
	cr_assert_eq(rig_wait(r), 0);
	buf_free(&b);
}

Test(h2_drain, streams_of_events_end_in_order)
{
	struct rig_h2 *h = begin("--live", NULL);

	rig_h2_get(h, 1, "/.berth/live");
	while (rig_h2_of(h, 1)->body.n == 0)
		cr_assert(rig_h2_hear(h));
	rig_signal(r, SIGTERM);
	cr_assert(rig_h2_until_end(h));
	cr_assert(rig_h2_of(h, 1)->ended);
	cr_assert_not(rig_h2_of(h, 1)->reset);
	cr_assert_eq(rig_wait(r), 0);
}

/* --drain-delay: it is to be gone before the end comes. */
Test(h2_drain, while_the_end_is_only_announced_clients_are_sent_away)
{
	struct rig_h2 *h = begin("--drain-delay", "3600"), *fresh;

	rig_h2_get(h, 1, "/f1.txt");
	expect_body(h, 1, 200, "this is 1");
	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "not ready from now on"));
	rig_h2_get(h, 3, "/f2.txt");
	rig_h2_get(h, 5, "/echo/delay/1");
	expect_notice(h);
	expect_body(h, 3, 200, "this is 2");
	expect_body(h, 5, 200, "");
	cr_assert(rig_h2_until_end(h));
	cr_assert_eq(h->goaways, 2);
	cr_assert_eq(h->error, H2_NO_ERROR);
	cr_assert_eq(h->last, 5);
	/* Who has not noticed yet is served, in his own time, and sent away. */
	fresh = dial();
	cr_assert(rig_h2_sync(fresh));
	cr_assert(rig_h2_sync(fresh));
	rig_h2_get(fresh, 1, "/f3.txt");
	expect_body(fresh, 1, 200, "this is 3");
	cr_assert(rig_h2_until_end(fresh));
	cr_assert_eq(fresh->goaways, 2);
	rig_signal(r, SIGTERM);
	cr_assert_eq(rig_wait(r), 0);
}

Test(h2_drain, a_stream_of_events_lasts_until_the_end_comes)
{
	struct rig_h2 *h = begin("--live", "--drain-delay=3600");

	rig_h2_get(h, 1, "/.berth/live");
	while (rig_h2_of(h, 1)->body.n == 0)
		cr_assert(rig_h2_hear(h));
	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "not ready from now on"));
	/* It may not be told while nothing happens. */
	rig_h2_get(h, 3, "/f1.txt");
	expect_notice(h);
	expect_body(h, 3, 200, "this is 1");
	while (h->goaways < 2)
		cr_assert(rig_h2_hear(h));
	cr_assert_not(rig_h2_of(h, 1)->ended);
	rig_signal(r, SIGTERM);
	cr_assert(rig_h2_until_end(h));
	cr_assert(rig_h2_of(h, 1)->ended);
	cr_assert_not(rig_h2_of(h, 1)->reset);
	cr_assert_eq(rig_wait(r), 0);
}

Test(h2_drain, a_reload_loses_nothing)
{
	struct rig_h2 *h = begin(NULL, NULL), *next;
	char path[32], text[32];

	for (uint32_t i = 0; i < 60; i++) {
		if (h->goaways > 0) {
			for (uint32_t id = 1; id <= h->last && h->goaways > 1;
			     id += 2)
				cr_assert(rig_h2_until(h, id));
		}
		snprintf(path, sizeof(path), "/f%u.txt", i % 20);
		snprintf(text, sizeof(text), "this is %u", i % 20);
		if (i % 20 == 10) {
			rig_signal(r, SIGHUP);
			cr_assert(rig_hear_times(r, "reload", i / 20 + 1));
		}
		next = h;
		rig_h2_get(next, 2 * i + 1, path);
		while (
		    rig_h2_of(next, 2 * i + 1)->order == 0 && rig_h2_hear(next))
			;
		/* Told to go elsewhere, it goes, and has lost nothing. */
		if (rig_h2_of(next, 2 * i + 1)->order == 0) {
			cr_assert_gt(next->goaways, 0);
			cr_assert_lt(next->last, 2 * i + 1);
			h = dial();
			rig_h2_get(h, 2 * i + 1, path);
		}
		expect_body(h, 2 * i + 1, 200, text);
	}
	close(h->fd);
	cr_assert_eq(rig_stop(r), 0);
}
