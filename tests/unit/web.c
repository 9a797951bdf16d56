/*
 * web.c - the conversation in HTTP, with a small program that echoes bodies.
 */
#include "web/web.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/logfile.h"

#define ECHO_MAX 100000

/* ---- a program ---- */

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
		web_begin(x, 200);
		web_fieldz(x, "Content-Type", "text/plain");
		status = web_send(x, buf_slice(&body));
	}
	buf_free(&body);
	return status;
}

/* Answers without having read what was sent. */
static int
answer_ignore(struct exchange *x)
{
	web_begin(x, 200);
	return web_send(x, (struct slice)SLICE("ignored"));
}

static int
answer_pieces(struct exchange *x)
{
	int status;

	web_begin(x, 200);
	status = web_send_head(x, WEB_OPEN_END);
	for (int i = 0; i < 3 && status == 0; i++)
		status = web_more(x, (struct slice)SLICE("piece "));
	return status;
}

static int
answer(struct exchange *x)
{
	if (slice_is(x->r->uri.path, "/echo"))
		return answer_echo(x);
	if (slice_is(x->r->uri.path, "/echo-not"))
		return answer_ignore(x);
	if (slice_is(x->r->uri.path, "/pieces"))
		return answer_pieces(x);
	return web_page(x, 404, NULL);
}

static const struct web web = { .answer = answer,
	.wants_body = wants_body,
	.fields = SLICE("X-All: yes\r\n"),
	.idle_ms = 2000 };
static struct service service = {
	.name = "test", .serve = web_serve, .context = &web
};

/* ---- talking to it ---- */

static int
serve(int fd)
{
	struct conn c;
	int conduct;

	conn_init(&c, fd, SOCK_STREAM, NULL, 0);
	conduct = service.serve(&c, &service);
	conn_end(&c);
	return conduct;
}

static void *
serve_aside(void *fd)
{
	serve(*(int *)fd);
	return NULL;
}

static int
open_aside(pthread_t *thread)
{
	static int ends[2];

	rig_pair(ends);
	cr_assert_eq(pthread_create(thread, NULL, serve_aside, &ends[1]), 0);
	return ends[0];
}

static bool
replies(int fd, int status, const char *body)
{
	struct rig_reply r;

	return rig_reply(fd, &r, false) && r.status == status &&
	    (body == NULL || slice_is(r.body, body)) &&
	    slice_is(rig_header(&r, "X-All"), "yes");
}

static void
no_log(void)
{
	logfile_open("off");
}

TestSuite(web, .init = no_log);

Test(web, bodies_for_the_program)
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
Test(web, continues)
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

Test(web, large_body_in_pieces)
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
Test(web, unread_body_ends_the_connection)
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
Test(web, unwanted_body_of_unknown_length)
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

Test(web, open_end)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply r;

	cr_assert(rig_send(fd, "GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n"));
	cr_assert(rig_reply(fd, &r, false));
	cr_expect(slice_is(r.body, "piece piece piece "));
	cr_expect(slice_is(rig_header(&r, "Connection"), "close"));
	cr_expect(rig_header(&r, "Content-Length").p == NULL);
	pthread_join(thread, NULL);
	close(fd);
}

/* How a client behaved is told to the master. */
Test(web, conduct)
{
	static const struct {
		const char *bytes;
		int conduct;
	} rows[] = {
		{ "", CONDUCT_FINE },
		{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n", CONDUCT_FINE },
		{ "GET / HTTP/1.1\r\n\r\n", CONDUCT_RUDE },
		{ "POST / HTTP/1.1\r\nHost: a\r\n"
		  "Transfer-Encoding: chunked\r\n\r\nx",
		    CONDUCT_RUDE },
		{ "GET / HT", CONDUCT_GONE },
		{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx",
		    CONDUCT_GONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int ends[2];

		rig_pair(ends);
		cr_assert(rig_send(ends[0], rows[i].bytes));
		rig_half_close(ends[0]);
		cr_expect_eq(serve(ends[1]), rows[i].conduct, "row %zu", i);
		close(ends[0]);
	}
}
