/*
 * h2_inbox.c - the inbox by HTTP/2: its stream of events, a wait for mail and
 * ordinary questions on one connection.
 */
#include "inbox_start.h"
#include "rig/h2.h"

TestSuite(h2_inbox, .init = start, .fini = stop);

#define GET2(path) \
	":method GET\n:scheme http\n:authority localhost\n:path " path "\n"

static bool
holds(struct rig_h2 *h, uint32_t id, const char *words)
{
	const char *body = buf_str(&rig_h2_of(h, id)->body);

	return body != NULL && strstr(body, words) != NULL;
}

Test(h2_inbox, waits_and_events_beside_each_other)
{
	struct rig_h2 *h;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	h = rig_h2_open(rig_open(inbox, "inbox"));
	rig_h2_head(h, 1, H2_END_STREAM, GET2("/api/v1/events/stream"));
	while (!holds(h, 1, "retry:"))
		cr_assert(rig_h2_hear(h));
	rig_h2_head(
	    h, 3, H2_END_STREAM, GET2("/api/v1/wait?query=hello&timeout=20"));
	rig_h2_head(h, 5, H2_END_STREAM, GET2("/api/v1/messages"));
	cr_assert(rig_h2_until(h, 5));
	cr_assert_eq(rig_h2_of(h, 5)->status, 200);
	cr_assert_eq(rig_h2_of(h, 3)->order, 0);
	send_to("b@b.example", MAIL("hello there", "x"));
	cr_assert(rig_h2_until(h, 3));
	cr_assert_eq(rig_h2_of(h, 3)->status, 200);
	cr_assert(holds(h, 3, "hello there"));
	while (!holds(h, 1, "event: new"))
		cr_assert(rig_h2_hear(h));
	cr_assert_eq(rig_h2_of(h, 1)->order, 0);
	/* A body for the program: a message made here. */
	rig_h2_head(h, 7, 0,
	    ":method POST\n:scheme http\n:authority localhost\n"
	    ":path /api/v1/send\ncontent-type application/json\n");
	rig_h2_say(h, H2_DATA, H2_END_STREAM, 7,
	    "{\"From\":{\"Email\":\"a@a.example\"},"
	    "\"To\":[{\"Email\":\"b@b.example\"}],\"Subject\":\"made\"}",
	    strlen("{\"From\":{\"Email\":\"a@a.example\"},"
		   "\"To\":[{\"Email\":\"b@b.example\"}],"
		   "\"Subject\":\"made\"}"));
	cr_assert(rig_h2_until(h, 7));
	cr_assert_eq(rig_h2_of(h, 7)->status, 200);
	while (!holds(h, 1, "\"made\""))
		cr_assert(rig_h2_hear(h));
	/* A socket of its own it cannot have: 400, or the page's own 426. */
	rig_h2_head(h, 9, H2_END_STREAM, GET2("/api/events"));
	cr_assert(rig_h2_until(h, 9));
	cr_assert_geq(rig_h2_of(h, 9)->status, 400);
	close(h->fd);
}

Test(h2_inbox, a_wait_that_is_taken_back_is_let_go_of)
{
	struct rig_h2 *h;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	h = rig_h2_open(rig_open(inbox, "inbox"));
	/* More than there are descriptors for, if they were kept. */
	for (uint32_t i = 0; i < 180; i++) {
		rig_h2_head(h, 2 * i + 1, H2_END_STREAM,
		    GET2("/api/v1/wait?query=never&timeout=60"));
		rig_h2_number(h, H2_RST_STREAM, 2 * i + 1, H2_CANCEL);
	}
	rig_h2_head(
	    h, 401, H2_END_STREAM, GET2("/api/v1/wait?query=never&timeout=0"));
	cr_assert(rig_h2_until(h, 401));
	cr_assert_eq(rig_h2_of(h, 401)->status, 408);
	close(h->fd);
}
