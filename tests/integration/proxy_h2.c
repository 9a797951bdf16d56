/*
 * proxy_h2.c - --proxy for clients that speak HTTP/2: streams beside each
 * other, none of which waits for another's upstream.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "proxy_start.h"
#include "rig/h2.h"

#define ASK2(method, path)                                                    \
	":method " method "\n:scheme http\n:authority localhost\n:path " path \
	"\n"

static int go[2]; /* a word lets a slow answer go on */

static void
say(int fd, const char *text)
{
	rig_try(fd, text, strlen(text));
}

/* By the path: slow waits for a word, echo gives the body back, cut is cut. */
static void
play(int fd, void *with)
{
	char some[65536];
	struct buf head;
	struct slice line;
	ssize_t n;

	(void)with;
	buf_init(&head, RIG_BUF_MAX);
	if (!rig_read_through(fd, &head, "\r\n\r\n"))
		return;
	line = buf_slice(&head);
	if (has(line, " /api/slow ")) {
		if (read(go[0], some, 1) == 1)
			say(fd,
			    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
	} else if (has(line, " /api/cut ")) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut");
	} else if (has(line, " /api/echo ")) {
		say(fd, "HTTP/1.1 200 OK\r\nX-Hop: 1\r\n\r\n");
		buf_clear(&head);
		while ((n = recv(fd, some, sizeof(some), 0)) > 0) {
			buf_add(&head, some, (size_t)n);
			/* Its end may come in pieces. */
			if (!rig_try(fd, some, (size_t)n) ||
			    has(buf_slice(&head), "\r\n0\r\n\r\n"))
				break;
		}
	} else {
		say(fd,
		    "HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\n"
		    "X-Hop: 1\r\nContent-Length: 4\r\n\r\nfast");
	}
	buf_free(&head);
}

/* Several threads of it, so that one can be slow. */
static struct rig_h2 *
open_h2(const char *const *options)
{
	unsigned port;
	int listener = rig_listen(&port);

	cr_assert_eq(pipe(go), 0);
	for (int i = 0; i < 4; i++)
		rig_stand_in_on(listener, play, NULL);
	proxy_start_with(port, options);
	return rig_h2_open(rig_open(server, "http"));
}

static bool
body_is(struct rig_h2 *h, uint32_t id, const char *text)
{
	return slice_is(buf_slice(&rig_h2_of(h, id)->body), text);
}

Test(proxy_h2, no_stream_waits_for_another)
{
	struct rig_h2 *h = open_h2(NULL);

	cr_assert(rig_h2_get(h, 1, "/api/slow"));
	cr_assert(rig_h2_get(h, 3, "/api/fast"));
	cr_assert(rig_h2_get(h, 5, "/page"));
	cr_assert(rig_h2_until(h, 3));
	cr_assert(rig_h2_until(h, 5));
	cr_expect_eq(rig_h2_of(h, 1)->status, 0);
	cr_expect_eq(rig_h2_of(h, 3)->status, 200);
	cr_expect(body_is(h, 3, "fast"));
	cr_expect_eq(rig_h2_field(h, 3, "x-hop").n, 0);
	cr_expect(slice_is(rig_h2_field(h, 3, "content-length"), "4"));
	cr_expect(body_is(h, 5, "a page\n"));
	cr_assert_eq(write(go[1], "x", 1), 1);
	cr_assert(rig_h2_until(h, 1));
	cr_expect(body_is(h, 1, "slow"));
	close(h->fd);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_h2, a_body_goes_up_in_chunks)
{
	struct rig_h2 *h = open_h2(NULL);

	cr_assert(rig_h2_head(h, 1, 0, ASK2("POST", "/api/echo")));
	cr_assert(rig_h2_say(h, H2_DATA, 0, 1, "hello ", 6));
	cr_assert(rig_h2_say(h, H2_DATA, H2_END_STREAM, 1, "there", 5));
	cr_assert(rig_h2_until(h, 1));
	cr_expect_eq(rig_h2_of(h, 1)->status, 200);
	/* The stand-in gives back what it got, chunks and all. */
	cr_expect(body_is(h, 1, "b\r\nhello there\r\n0\r\n\r\n"), "%.*s",
	    SLICE_FMT(buf_slice(&rig_h2_of(h, 1)->body)));
	close(h->fd);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_h2, what_breaks_off_is_reset_and_others_go_on)
{
	struct rig_h2 *h = open_h2(NULL);

	cr_assert(rig_h2_get(h, 1, "/api/cut"));
	cr_assert(rig_h2_until(h, 1));
	cr_expect(rig_h2_of(h, 1)->reset);
	cr_expect(!rig_h2_of(h, 1)->ended);
	cr_assert(rig_h2_get(h, 3, "/api/fast"));
	cr_assert(rig_h2_until(h, 3));
	cr_expect(body_is(h, 3, "fast"));
	close(h->fd);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_h2, more_streams_than_may_dial_at_once)
{
	struct rig_h2 *h = open_h2(NULL);

	for (uint32_t i = 0; i < 100; i++)
		cr_assert(rig_h2_get(h, 2 * i + 1, "/api/fast"));
	for (uint32_t i = 0; i < 100; i++) {
		cr_assert(rig_h2_until(h, 2 * i + 1));
		cr_expect_eq(rig_h2_of(h, 2 * i + 1)->status, 200, "%u", i);
		cr_expect(body_is(h, 2 * i + 1, "fast"), "%u", i);
	}
	close(h->fd);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_h2, a_stream_that_is_cancelled_costs_nothing)
{
	struct rig_h2 *h = open_h2(NULL);

	for (uint32_t i = 0; i < 40; i++) {
		cr_assert(rig_h2_get(h, 2 * i + 1, "/api/fast"));
		cr_assert(
		    rig_h2_number(h, H2_RST_STREAM, 2 * i + 1, H2_CANCEL));
	}
	cr_assert(rig_h2_get(h, 99, "/api/fast"));
	cr_assert(rig_h2_until(h, 99));
	cr_expect(body_is(h, 99, "fast"));
	close(h->fd);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_h2, nobody_there)
{
	struct rig_h2 *h;

	proxy_start(closed_port());
	h = rig_h2_open(rig_open(server, "http"));
	cr_assert(rig_h2_get(h, 1, "/api/x"));
	cr_assert(rig_h2_until(h, 1));
	cr_expect_eq(rig_h2_of(h, 1)->status, 502);
	/* WebSocket is not for a connection that is nobody's own. */
	cr_assert(rig_h2_get(h, 3, "/page"));
	cr_assert(rig_h2_until(h, 3));
	cr_expect_eq(rig_h2_of(h, 3)->status, 200);
	close(h->fd);
	cr_assert_eq(rig_stop(server), 0);
}

/* A page is sent when there is a window for it, and told in the log then. */
Test(proxy_h2, each_stream_has_its_own_reason_in_the_log)
{
	static char other[64];
	const char *const more[] = { "--proxy", other, NULL };
	struct rig_h2 *h;

	snprintf(
	    other, sizeof(other), "/other=http://localhost:%u", closed_port());
	proxy_start_with(closed_port(), more);
	h = rig_h2_open(rig_open(server, "http"));
	cr_assert(rig_h2_set(h, 4, 0)); /* INITIAL_WINDOW_SIZE */
	cr_assert(rig_h2_get(h, 1, "/api/x"));
	cr_assert(rig_h2_get(h, 3, "/other/x"));
	while (rig_h2_of(h, 1)->status == 0 || rig_h2_of(h, 3)->status == 0)
		cr_assert(rig_h2_hear(h));
	cr_expect_eq(rig_h2_of(h, 1)->status, 502);
	cr_expect_eq(rig_h2_of(h, 3)->status, 502);
	cr_assert(rig_h2_number(h, H2_WINDOW_UPDATE, 1, 65535));
	cr_assert(rig_h2_number(h, H2_WINDOW_UPDATE, 3, 65535));
	cr_assert(rig_h2_until(h, 1));
	cr_assert(rig_h2_until(h, 3));
	cr_expect(rig_hear(server, "start what serves /api there"));
	cr_expect(rig_hear(server, "start what serves /other there"));
	close(h->fd);
	cr_assert_eq(rig_stop(server), 0);
}
