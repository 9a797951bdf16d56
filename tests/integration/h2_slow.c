/*
 * h2_slow.c - clients of HTTP/2 that are slow or silent: each wait has an end,
 * and other streams go on meanwhile.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "h2_start.h"
#include "system/clock.h"

Test(h2_slow, silence_is_ended_with_a_word)
{
	struct rig_h2 *h = begin("--timeout", "1"), *used = dial();

	rig_h2_get(used, 1, "/f1.txt");
	expect_body(used, 1, 200, "this is 1");
	expect_goaway(h, H2_NO_ERROR);
	expect_goaway(used, H2_NO_ERROR);
	cr_assert_eq(used->last, 1);
	/* Half a preface is no request; a whole one is nothing, too. */
	h = rig_h2_bare(rig_open(r, "http"));
	rig_send(h->fd, "PRI * HTTP/2.0\r\n\r\nSM");
	cr_assert(rig_h2_until_end(h));
}

/* Frames that ask nothing do not keep a connection. */
Test(h2_slow, who_only_talks_is_silent)
{
	struct rig_h2 *h = begin("--timeout", "1");
	int64_t start = clock_ms();

	while (h->goaways == 0 && clock_ms() - start < rig_patience_ms()) {
		rig_h2_say(h, 99, 0, 0, "?", 1);
		rig_h2_sync(h);
		rig_pause_ms(300);
	}
	cr_assert_eq(h->goaways, 1);
	cr_assert_eq(h->error, H2_NO_ERROR);
}

Test(h2_slow, a_head_that_trickles)
{
	struct rig_h2 *h = begin("--timeout", "1");
	int64_t start = clock_ms();

	rig_h2_say(h, H2_HEADERS, H2_END_STREAM, 1, "\202\204\206", 3);
	/* One frame a byte at a time. */
	rig_send_bytes(h->fd, "\0\1\0\11\4\0\0\0\1\0\1x", 12);
	while (clock_ms() - start < rig_patience_ms() &&
	    rig_send_bytes(h->fd, "y", 1))
		rig_pause_ms(100);
	cr_assert_lt(clock_ms() - start, rig_patience_ms());
}

Test(h2_slow, a_body_that_does_not_come)
{
	static const char much[16384];
	struct rig_h2 *h = begin("--timeout", "1");

	rig_h2_head(h, 1, 0,
	    ":method POST\n:path /echo\n" AT_LOCALHOST "content-length 5\n");
	rig_h2_say(h, H2_DATA, 0, 1, "he", 2);
	rig_h2_get(h, 3, "/f3.txt");
	expect_body(h, 3, 200, "this is 3");
	expect_body(h, 1, 408, NULL);
	/* And one that was long, and stops while the program reads it: others
	 * wait for that, but not for long. */
	cr_assert(rig_h2_sync(h));
	rig_h2_head(h, 5, 0, ":method POST\n:path /echo\n" AT_LOCALHOST);
	for (int i = 0; i < 5; i++)
		rig_h2_say(h, H2_DATA, 0, 5, much, sizeof(much));
	rig_h2_get(h, 7, "/f7.txt");
	/* What has come has earned it 20 s; pings are answered meanwhile. */
	while (rig_h2_of(h, 5)->order == 0) {
		cr_assert(rig_h2_sync(h));
		rig_pause_ms(500);
	}
	expect_body(h, 5, 408, NULL);
	expect_body(h, 7, 200, "this is 7");
}

/* CVE-2019-9511, 9517: a reply that nobody takes. */
Test(h2_slow, a_window_that_stays_shut)
{
	struct rig_h2 *h = begin("--timeout", "1");

	h->greedy = false;
	rig_h2_number(h, H2_WINDOW_UPDATE, 0, LARGE);
	rig_h2_get(h, 1, "/large");
	while (rig_h2_of(h, 1)->body.n < 65535)
		cr_assert(rig_h2_hear(h));
	/* Others go on, and keep the connection. */
	for (uint32_t id = 3; !rig_h2_of(h, 1)->reset; id += 2) {
		rig_h2_get(h, id, "/f3.txt");
		expect_body(h, id, 200, "this is 3");
		/* A byte now and then is no progress. */
		rig_h2_number(h, H2_WINDOW_UPDATE, 1, 1);
		rig_pause_ms(200);
		cr_assert_lt(id, 1000);
	}
	cr_assert_eq(rig_h2_of(h, 1)->error, H2_CANCEL);
	cr_assert(rig_hear(r, "200: the client did not take the reply"));
}

Test(h2_slow, the_connections_window_that_stays_shut)
{
	struct rig_h2 *h = begin("--timeout", "1");
	int64_t start = clock_ms();

	h->greedy = false;
	rig_h2_get(h, 1, "/large");
	rig_h2_get(h, 3, "/large");
	while (clock_ms() - start < 2 * rig_patience_ms() && rig_h2_hear(h))
		;
	cr_assert(h->closed || h->goaways > 0);
	cr_assert_leq(rig_h2_of(h, 1)->body.n + rig_h2_of(h, 3)->body.n, 65535);
}

/* A client that does not read: the socket is full. */
Test(h2_slow, who_takes_nothing_is_given_up)
{
	struct rig_h2 *h;
	const char *big;

	make_site();
	r = rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", dir, "--timeout", "1"));
	big = rig_in(dir, "big");
	cr_assert_eq(close(open(big, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)), 0);
	cr_assert_eq(truncate(big, 1 << 30), 0);
	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	h = rig_h2_open(rig_connect_narrow(rig_address(r, "http")));
	rig_h2_set(h, 4, 0x7fffffff);
	rig_h2_number(h, H2_WINDOW_UPDATE, 0, 0x7fff0000);
	rig_h2_get(h, 1, "/big");
	cr_assert(rig_children_become(rig_pid(r), 5, 5));
	cr_assert(rig_hear(r, "\"GET /big HTTP/2.0\" 200 "));
	cr_assert(rig_children_become(rig_pid(r), 4, 4));
}
