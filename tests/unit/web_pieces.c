/*
 * web_pieces.c - HTTP as a program sees it: replies that are made while they
 * are sent, or later.
 */
#include <fcntl.h>

#include "system/clock.h"
#include "web_aside.h"

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

static bool
wants_body(const struct exchange *x)
{
	(void)x;
	return false;
}

static int
answer(struct exchange *x)
{
	struct slice rest;

	if (web_under(x, "/pieces/", &rest))
		return answer_pieces(
		    x, rest.n == 0 ? REPLY_OPEN_END : (uint64_t)rest.n * 18);
	if (web_is(x, "/stream"))
		return answer_stream(x);
	return web_is(x, "/later") ? answer_later(x) : web_page(x, 404, NULL);
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

TestSuite(web_pieces, .init = no_log);

/* To HTTP/1.1 in chunks, to HTTP/1.0 until the connection ends. */
Test(web_pieces, open_end)
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
Test(web_pieces, a_body_that_breaks_off)
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

Test(web_pieces, a_stream)
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

Test(web_pieces, an_answer_later)
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
