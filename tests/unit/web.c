/*
 * web.c - the conversation in HTTP, with a small program that echoes bodies.
 */
#include "web/web.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/clock.h"
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

/* Three pieces, the second only after a while. */
static int piece_number, ended;

static enum piece_status
next_piece(void *own, struct piece *p)
{
	(void)own;
	switch (piece_number++) {
	case 1:
		p->wake_ms = 10;
		return PIECE_LATER;
	case 4:
		return PIECE_END;
	}
	p->bytes = (struct slice)SLICE("piece ");
	return PIECE_MORE;
}

static void
count_end(void *own)
{
	(void)own;
	ended++;
}

static int
answer_pieces(struct exchange *x, uint64_t length)
{
	piece_number = ended = 0;
	return web_pieces(
	    x, 200, "text/plain", length, next_piece, count_end, NULL);
}

/* A stream that waits for a pipe. */
static int wake[2];

static enum piece_status
next_of_pipe(void *own, struct piece *p)
{
	static char byte;

	(void)own;
	if (read(wake[0], &byte, 1) != 1) {
		p->wake_fd = wake[0];
		p->wake_ms = 60000;
		return PIECE_LATER;
	}
	p->bytes = (struct slice){ &byte, 1 };
	return byte == '.' ? PIECE_END : PIECE_MORE;
}

static int
answer_stream(struct exchange *x)
{
	ended = 0;
	return web_pieces(x, 200, "text/event-stream", REPLY_OPEN_END,
	    next_of_pipe, count_end, NULL);
}

static int
after_a_while(struct exchange *x)
{
	if (x->hung_up)
		return web_text(x, 500, "hung up");
	if (clock_left_ms(x->until_ms) > 0)
		return web_later(x, -1, 10, after_a_while);
	return web_text(x, 200, "at last");
}

static int
answer_later(struct exchange *x)
{
	x->until_ms = clock_ms() + 100;
	return web_later(x, -1, 60000, after_a_while);
}

static const char digits[] = "0123456789";

static int
answer_content(struct exchange *x)
{
	struct web_content c = { .lines = SLICE("ETag: \"a\"\r\n"),
		.more = SLICE("X-More: yes\r\n"),
		.type = "text/plain",
		.validators = { .etag = SLICE("\"a\"") },
		.bytes = { digits, 10 },
		.length = 10,
		.done = count_end };

	if (web_is(x, "/content/empty")) {
		c.bytes.n = 0;
		c.length = 0;
	}
	return web_content(x, &c);
}

static int
answer_query(struct exchange *x)
{
	char value[8];
	ssize_t n = web_query(x, "q", value, sizeof(value));
	struct buf b;

	buf_init(&b, 100);
	buf_addf(&b, "%zd %s", n, n < 0 ? "" : value);
	web_json(x, 201, &b);
	web_fieldz(x, "X-Own", "1");
	return 0;
}

static int
answer_large(struct exchange *x)
{
	web_text(x, 200, "never seen");
	for (int i = 0; i < 1000; i++)
		web_fieldf(x, "X-Large", "%0100d", i);
	return 0;
}

static int
answer(struct exchange *x)
{
	struct slice rest;

	if (slice_is(x->r->uri.path, "/echo"))
		return answer_echo(x);
	if (slice_is(x->r->uri.path, "/echo-not"))
		return answer_ignore(x);
	if (web_under(x, "/pieces/", &rest))
		return answer_pieces(
		    x, rest.n == 0 ? REPLY_OPEN_END : (uint64_t)rest.n * 18);
	if (web_is(x, "/stream"))
		return answer_stream(x);
	if (web_is(x, "/later"))
		return answer_later(x);
	if (web_under(x, "/content", &rest))
		return answer_content(x);
	if (web_is(x, "/query"))
		return answer_query(x);
	if (web_is(x, "/large"))
		return answer_large(x);
	if (web_is(x, "/read") && !web_reads(x))
		return web_not_allowed(x, "GET, HEAD");
	if (web_is(x, "/who"))
		return web_page_with(x, 401, "who?", "X-Ask: name\r\n");
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

static bool
through(int fd, const char *text)
{
	struct buf b;
	bool all;

	buf_init(&b, 8192);
	all = rig_read_through(fd, &b, text);
	buf_free(&b);
	return all;
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

/* One request, the connection kept or not, and its reply. */
static struct rig_reply *
ask(int fd, const char *request, const char *fields)
{
	static struct rig_reply r;
	char head[512];

	snprintf(head, sizeof(head), "%s HTTP/1.1\r\nHost: a\r\n%s\r\n",
	    request, fields);
	cr_assert(rig_send(fd, head));
	cr_assert(
	    rig_reply(fd, &r, strncmp(request, "HEAD", 4) == 0), "%s", request);
	return &r;
}

/* To HTTP/1.1 in chunks, to HTTP/1.0 until the connection ends. */
Test(web, open_end)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply *r = ask(fd, "GET /pieces/", "");

	cr_expect(slice_is(r->body, "piece piece piece "));
	cr_expect(slice_is(rig_header(r, "Transfer-Encoding"), "chunked"));
	cr_expect(rig_header(r, "Content-Length").p == NULL);
	cr_expect(rig_header(r, "Connection").p == NULL);
	r = ask(fd, "HEAD /pieces/", "");
	cr_expect(r->status == 200 && r->body.n == 0);
	r = ask(fd, "GET /pieces/.", "");
	cr_expect(slice_is(r->body, "piece piece piece "));
	cr_expect(slice_is(rig_header(r, "Content-Length"), "18"));
	cr_assert(rig_send(fd, "GET /pieces/ HTTP/1.0\r\n\r\n"));
	cr_assert(rig_reply(fd, r, false));
	cr_expect(slice_is(r->body, "piece piece piece "));
	cr_expect(slice_is(rig_header(r, "Connection"), "close"));
	pthread_join(thread, NULL);
	cr_expect_eq(ended, 1);
	close(fd);
}

/* What cannot be had whole is cut off, never made up. */
Test(web, a_body_that_breaks_off)
{
	pthread_t thread;
	int fd = open_aside(&thread);

	cr_assert(rig_send(fd, "GET /pieces/.. HTTP/1.1\r\nHost: a\r\n\r\n"));
	cr_assert(through(fd, "\r\n\r\npiece piece piece "));
	cr_expect(rig_expect_end(fd));
	pthread_join(thread, NULL);
	cr_expect_eq(ended, 1);
	close(fd);
}

Test(web, a_stream)
{
	pthread_t thread;
	int fd = open_aside(&thread);

	cr_assert_eq(pipe2(wake, O_NONBLOCK), 0);
	cr_assert(rig_send(fd,
	    "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
	    "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"));
	cr_assert(through(fd, "\r\n\r\n"), "the head at once");
	cr_expect(rig_expect_silence(fd, 50));
	cr_assert_eq(write(wake[1], "a", 1), 1);
	cr_assert(rig_expect(fd, "1\r\na\r\n"));
	cr_assert_eq(write(wake[1], ".", 1), 1);
	cr_assert(rig_expect(fd, "0\r\n\r\n"));
	cr_expect(replies(fd, 404, NULL), "the next has waited");
	cr_expect_eq(ended, 1);
	/* Who hangs up meanwhile ends it. */
	cr_assert(rig_send(fd, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
	cr_assert(through(fd, "\r\n\r\n"));
	rig_half_close(fd);
	cr_assert(through(fd, "0\r\n\r\n"));
	cr_expect(rig_expect_end(fd));
	pthread_join(thread, NULL);
	cr_expect_eq(ended, 1);
	close(fd);
}

Test(web, an_answer_later)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	int64_t begin;

	/* It asked to be called late and was called when the client hung up. */
	cr_assert(rig_send(fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
	begin = clock_ms();
	rig_half_close(fd);
	cr_expect(replies(fd, 500, "hung up\n"));
	cr_expect_lt(clock_ms() - begin, 30000);
	pthread_join(thread, NULL);
	close(fd);
}

Test(web, content)
{
	static const struct {
		const char *request, *fields;
		int status;
		const char *body; /* NULL: whatever */
	} rows[] = {
		{ "GET /content", "", 200, digits },
		{ "HEAD /content", "", 200, "" },
		{ "GET /content", "If-None-Match: \"a\"\r\n", 304, "" },
		{ "GET /content", "If-Match: \"b\"\r\n", 412, NULL },
		{ "GET /content", "Range: bytes=2-4\r\n", 206, "234" },
		{ "GET /content", "Range: bytes=-3\r\n", 206, "789" },
		{ "GET /content", "Range: bytes=10-\r\n", 416, NULL },
		{ "GET /content", "Range: bytes=0-1\r\nIf-Range: \"b\"\r\n",
		    200, digits },
		{ "GET /content/empty", "Range: bytes=0-1\r\n", 200, "" },
		{ "GET /content/empty", "Range: bytes=-1\r\n", 200, "" },
		{ "POST /read", "", 405, NULL },
		{ "GET /who", "", 401, NULL },
		{ "GET /query?q=a+%2fb", "", 201, "4 a /b" },
		{ "GET /query?p=1", "", 201, "-1 " },
		{ "GET /query?q=12345678", "", 201, "-2 " },
		{ "GET /query?q=a%00b", "", 201, "-2 " },
	};
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply *r;
	int contents = 3; /* those below */

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = ask(fd, rows[i].request, rows[i].fields);
		cr_expect_eq(
		    r->status, rows[i].status, "row %zu: %d", i, r->status);
		cr_expect(
		    rows[i].body == NULL || slice_is(r->body, rows[i].body),
		    "row %zu", i);
		cr_expect(slice_is(rig_header(r, "X-All"), "yes"));
		contents += strstr(rows[i].request, "/content") != NULL;
	}
	r = ask(fd, "GET /content", "");
	cr_expect(slice_is(rig_header(r, "X-More"), "yes"));
	cr_expect(slice_is(rig_header(r, "ETag"), "\"a\""));
	r = ask(fd, "GET /content", "If-None-Match: *\r\n");
	cr_expect(rig_header(r, "X-More").p == NULL);
	cr_expect(slice_is(rig_header(r, "ETag"), "\"a\""));
	cr_expect(rig_header(r, "Content-Type").p == NULL);
	r = ask(fd, "GET /content", "Range: bytes=10-\r\n");
	cr_expect(slice_is(rig_header(r, "Content-Range"), "bytes */10"));
	r = ask(fd, "POST /read", "");
	cr_expect(slice_is(rig_header(r, "Allow"), "GET, HEAD"));
	r = ask(fd, "GET /who", "");
	cr_expect(slice_is(rig_header(r, "X-Ask"), "name"));
	r = ask(fd, "GET /query", "");
	cr_expect(slice_is(rig_header(r, "X-Own"), "1"));
	cr_expect(slice_is(rig_header(r, "Content-Type"), "application/json"));
	rig_half_close(fd);
	pthread_join(thread, NULL);
	cr_expect_eq(ended, contents, "each was released");
	close(fd);
}

Test(web, content_in_parts)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply *r =
	    ask(fd, "GET /content", "Range: bytes=0-0,9-9\r\n");
	char body[512], boundary[64] = "";
	struct slice type = rig_header(r, "Content-Type");

	cr_expect_eq(r->status, 206);
	cr_assert(slice_starts(type, "multipart/byteranges; boundary="));
	slice_copy(slice_from(type, 31), boundary, sizeof(boundary));
	snprintf(body, sizeof(body),
	    "\r\n--%s\r\nContent-Type: text/plain\r\n"
	    "Content-Range: bytes 0-0/10\r\n\r\n0"
	    "\r\n--%s\r\nContent-Type: text/plain\r\n"
	    "Content-Range: bytes 9-9/10\r\n\r\n9"
	    "\r\n--%s--\r\n",
	    boundary, boundary, boundary);
	cr_expect(slice_is(r->body, body), "%.*s", SLICE_FMT(r->body));
	rig_half_close(fd);
	pthread_join(thread, NULL);
	cr_expect_eq(ended, 1);
	close(fd);
}

/* A program that says too much has its connection ended, with a 500. */
Test(web, fields_without_end)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply *r = ask(fd, "GET /large", "");

	cr_expect_eq(r->status, 500);
	cr_expect(rig_expect_end(fd));
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
