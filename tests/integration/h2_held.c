/*
 * h2_held.c - replies that are made in memory, for a client that takes none.
 */
#include <unistd.h>

#include "h2_start.h"

#define ASKED          100 /* at once, as many as may be */
#define PIECES         8
#define BODY           (PIECES * sizeof(piece)) /* all that a window lets in */
#define HELD           ((size_t)8 * 1024 * 1024)
#define INITIAL_WINDOW 4 /* the setting */
#define WIDE           0x7fff0000

static char piece[16000];

static uint32_t
id_of(size_t i)
{
	return (uint32_t)(1 + 2 * i);
}

static void
ask_for_echo(struct rig_h2 *h, uint32_t id)
{
	rig_h2_head(h, id, 0, ":method POST\n:path /echo\n" AT_LOCALHOST);
	for (size_t i = 0; i < PIECES; i++)
		rig_h2_say(h, H2_DATA, i + 1 == PIECES ? H2_END_STREAM : 0, id,
		    piece, sizeof(piece));
}

static size_t
heads(struct rig_h2 *h)
{
	size_t n = 0;

	for (size_t i = 0; i < ASKED; i++)
		n += rig_h2_of(h, id_of(i))->heads > 0;
	return n;
}

/* All windows shut: some are made, and the others when those are taken. */
Test(h2_held, who_takes_no_reply_gets_no_more_of_them)
{
	struct rig_h2 *h = begin(NULL, NULL);

	rig_h2_set(h, INITIAL_WINDOW, 0);
	for (size_t i = 0; i < ASKED; i++)
		ask_for_echo(h, id_of(i));
	while (heads(h) < HELD / BODY)
		cr_assert(rig_h2_hear(h));
	for (int i = 0; i < 3; i++)
		cr_assert(rig_h2_sync(h));
	cr_expect_leq(heads(h), HELD / BODY + 1, "%zu of %d", heads(h), ASKED);
	rig_h2_number(h, H2_WINDOW_UPDATE, 0, WIDE);
	rig_h2_set(h, INITIAL_WINDOW, WIDE);
	for (size_t i = 0; i < ASKED; i++) {
		expect_body(h, id_of(i), 200, NULL);
		cr_expect_eq(rig_h2_of(h, id_of(i))->body.n, BODY);
	}
	cr_expect_eq(rig_stop(r), 0);
}

/* Nor does it keep the process that is waiting for it to take some. */
Test(h2_held, who_goes_is_let_go_of)
{
	struct rig_h2 *h = begin("--max-children", "1");
	struct rig_reply reply;

	rig_h2_set(h, INITIAL_WINDOW, 0);
	for (size_t i = 0; i < ASKED; i++)
		ask_for_echo(h, id_of(i));
	while (heads(h) < HELD / BODY)
		cr_assert(rig_h2_hear(h));
	close(h->fd);
	cr_assert(rig_get(rig_address(r, "http"), "/f1.txt", &reply));
	cr_expect_eq(reply.status, 200);
	rig_reply_free(&reply);
	cr_expect_eq(rig_stop(r), 0);
}
