/*
 * web_bodies.c - HTTP as a program sees it: bodies of requests.
 */
#include <stdlib.h>

#include "web_aside.h"

#define ECHO_MAX 100000

static bool
wants_body(const struct exchange *x)
{
	return slice_starts(x->r->uri.path, "/echo");
}

static int
answer_echo(struct exchange *x)
{
	struct buf body;
	int status;

	buf_init(&body, ECHO_MAX);
	status = web_body_read(x, &body);
	if (status == 1) {
		status = web_refuse(x, 413, "too much to echo");
	} else if (status < 0) {
		status = web_refuse(x, 400, "broken body");
	} else {
		status = web_made(x, 200, "text/plain", &body);
	}
	buf_free(&body);
	return status;
}

/* Answers without having read what was sent. */
static int
answer_ignore(struct exchange *x)
{
	return web_bytes(x, 200, NULL, (struct slice)SLICE("ignored"));
}

static int
answer(struct exchange *x)
{
	if (web_is(x, "/echo"))
		return answer_echo(x);
	return web_is(x, "/echo-not") ? answer_ignore(x) :
					web_page(x, 404, NULL);
}

TestSuite(web_bodies, .init = no_log);

Test(web_bodies, bodies_for_the_program)
{
	pthread_t thread;
	int fd = open_aside(&thread);

	cr_assert(rig_send(fd,
	    "POST /echo HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 5\r\n\r\nhello"
	    "POST /echo HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "3\r\nhel\r\n2;x\r\nlo\r\n0\r\nA: b\r\n\r\n"
	    "POST /echo HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 0\r\n\r\n"
	    "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"));
	cr_expect(replies(fd, 200, "hello"));
	cr_expect(replies(fd, 200, "hello"));
	cr_expect(replies(fd, 200, ""));
	cr_expect(replies(fd, 404, NULL));
	rig_half_close(fd);
	cr_expect(rig_expect_end(fd));
	pthread_join(thread, NULL);
	close(fd);
}

/* The client sends the body only when it has been told to. */
Test(web_bodies, continues)
{
	static const char head[] = "POST /echo HTTP/1.1\r\nHost: a\r\n"
				   "Content-Length: 5\r\n"
				   "Expect: 100-continue\r\n\r\n";
	pthread_t thread;
	int fd = open_aside(&thread);

	cr_assert(rig_send(fd, head));
	cr_assert(rig_expect(fd, "HTTP/1.1 100 Continue\r\n\r\n"));
	cr_assert(rig_send(fd, "hello"));
	cr_expect(replies(fd, 200, "hello"));
	/* One that does not wait needs no telling. */
	cr_assert(rig_send(fd,
	    "POST /echo HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 5\r\n"
	    "Expect: 100-continue\r\n\r\nhello"));
	cr_expect(replies(fd, 200, "hello"));
	rig_half_close(fd);
	pthread_join(thread, NULL);
	close(fd);
}

Test(web_bodies, large_body_in_pieces)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply r;
	char *body = malloc(ECHO_MAX);

	for (size_t i = 0; i < ECHO_MAX; i++)
		body[i] = rig_pattern(i);
	cr_assert(rig_send(fd,
	    "POST /echo HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 100000\r\n\r\n"));
	cr_assert(rig_send_bytes(fd, body, ECHO_MAX));
	cr_assert(rig_reply(fd, &r, false));
	cr_expect(r.status == 200 && r.body.n == ECHO_MAX &&
	    memcmp(r.body.p, body, ECHO_MAX) == 0);
	cr_assert(rig_send(fd,
	    "POST /echo HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 100001\r\n\r\n"));
	cr_assert(rig_send_bytes(fd, body, ECHO_MAX));
	cr_assert(rig_send(fd, "x"));
	cr_expect(replies(fd, 413, NULL));
	cr_expect(rig_expect_end(fd));
	pthread_join(thread, NULL);
	free(body);
	close(fd);
}

/* What the program left of a body is never taken for a request. */
Test(web_bodies, unread_body_ends_the_connection)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply r;

	cr_assert(rig_send(fd,
	    "POST /echo-not HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 40\r\n\r\n"
	    "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"));
	cr_assert(rig_reply(fd, &r, false));
	cr_expect(r.status == 200 && slice_is(r.body, "ignored"));
	cr_expect(slice_is(rig_header(&r, "Connection"), "close"));
	cr_expect(rig_expect_end(fd));
	pthread_join(thread, NULL);
	close(fd);
}

/* What nobody wants is read up to a bound, so that the connection lives on. */
Test(web_bodies, unwanted_body_of_unknown_length)
{
	static char chunk[WEB_DRAIN_MAX / 4];
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply r;

	memset(chunk, 'x', sizeof(chunk));
	for (int chunks = 3; chunks <= 5; chunks += 2) {
		cr_assert(rig_send(fd,
		    "POST /none HTTP/1.1\r\nHost: a\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n"));
		for (int i = 0; i < chunks; i++) {
			cr_assert(rig_send(fd, "4000\r\n"));
			cr_assert(rig_send_bytes(fd, chunk, sizeof(chunk)));
			cr_assert(rig_send(fd, "\r\n"));
		}
		if (chunks < 4)
			cr_assert(rig_send(fd, "0\r\n\r\n"));
		cr_assert(rig_reply(fd, &r, false));
		cr_expect_eq(r.status, 404);
		cr_expect_eq(slice_is(rig_header(&r, "Connection"), "close"),
		    chunks > 4);
	}
	cr_expect(rig_expect_end(fd));
	pthread_join(thread, NULL);
	close(fd);
}
