/*
 * h2_rules.c - what a client of HTTP/2 may not do, and what each earns: a
 * status code, the end of a stream, or of the connection (RFC 9113; the rows
 * follow h2spec's order).
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "h2_start.h"

#define METHOD ":method GET\n"
#define PATH   ":path /f1.txt\n"
#define GET2   METHOD PATH AT_LOCALHOST

/* One request: a status, or 0 with the stream's error. */
struct row {
	const char *lines;
	int status;
	uint32_t error;
};

static const struct row rows[] = {
	{ GET2, 200, 0 },
	/* 8.2, 8.2.1: names and values */
	{ GET2 "X-Upper a\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "x y\tz\n", 200, 0 },
	{ GET2 "x-ctl a\001b\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "x-cr a\rb\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "x-lead  a\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "x-trail a \n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "x\177 a\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "x\303\244 a\n", 0, H2_PROTOCOL_ERROR },
	/* 8.2.2: fields of a connection */
	{ GET2 "connection close\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "keep-alive 5\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "proxy-connection close\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "transfer-encoding chunked\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "upgrade websocket\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "te gzip\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "te trailers\n", 200, 0 },
	/* 8.3: pseudo-fields */
	{ METHOD PATH "x a\n" AT_LOCALHOST, 0, H2_PROTOCOL_ERROR },
	{ GET2 PATH, 0, H2_PROTOCOL_ERROR },
	{ GET2 METHOD, 0, H2_PROTOCOL_ERROR },
	{ GET2 ":scheme http\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 ":authority localhost\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 ":status 200\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 ":protocol websocket\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 ":what a\n", 0, H2_PROTOCOL_ERROR },
	{ PATH AT_LOCALHOST, 0, H2_PROTOCOL_ERROR },
	{ METHOD AT_LOCALHOST, 0, H2_PROTOCOL_ERROR },
	{ METHOD PATH ":authority localhost\n", 0, H2_PROTOCOL_ERROR },
	{ METHOD PATH ":scheme http\n", 0, H2_PROTOCOL_ERROR },
	{ METHOD ":path \n" AT_LOCALHOST, 0, H2_PROTOCOL_ERROR },
	{ METHOD ":path f1.txt\n" AT_LOCALHOST, 0, H2_PROTOCOL_ERROR },
	{ METHOD ":path *\n" AT_LOCALHOST, 0, H2_PROTOCOL_ERROR },
	{ ":method OPTIONS\n:path *\n" AT_LOCALHOST, 200, 0 },
	{ METHOD ":path http://localhost/f1.txt\n" AT_LOCALHOST, 0,
	    H2_PROTOCOL_ERROR },
	{ GET2 "host localhost\n", 200, 0 },
	{ GET2 "host LOCALHOST\n", 200, 0 },
	{ GET2 "host example.org\n", 400, 0 },
	{ GET2 "host localhost\nhost localhost\n", 0, H2_PROTOCOL_ERROR },
	{ METHOD PATH ":scheme http\n:authority a@localhost\n", 400, 0 },
	{ METHOD PATH ":scheme http\n:authority localhost:x\n", 400, 0 },
	{ METHOD PATH ":scheme http\n:authority localhost:99999\n", 400, 0 },
	/* 8.1.1: what the length says, and no body comes */
	{ GET2 "content-length 5\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "content-length x\n", 0, H2_PROTOCOL_ERROR },
	{ GET2 "content-length 0\n", 200, 0 },
	{ GET2 "content-length 0\ncontent-length 0\n", 0, H2_PROTOCOL_ERROR },
	/* The rules of all versions: ../shared/http-rules.md. */
	{ ":method get\n" PATH AT_LOCALHOST, 501, 0 },
	{ ":method G/T\n" PATH AT_LOCALHOST, 0, H2_PROTOCOL_ERROR },
	{ ":method PROPFIND\n" PATH AT_LOCALHOST, 501, 0 },
	{ ":method AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" PATH
		AT_LOCALHOST,
	    501, 0 },
	{ ":method CONNECT\n:authority localhost:1\n", 501, 0 },
	{ ":method CONNECT\n" PATH AT_LOCALHOST, 0, H2_PROTOCOL_ERROR },
	{ ":method TRACE\n" PATH AT_LOCALHOST, 405, 0 },
	{ ":method DELETE\n" PATH AT_LOCALHOST, 405, 0 },
	{ METHOD ":path /a#b\n" AT_LOCALHOST, 400, 0 },
	{ METHOD ":path /a\\b\n" AT_LOCALHOST, 400, 0 },
	{ METHOD ":path /\"\n" AT_LOCALHOST, 400, 0 },
	{ METHOD ":path /%00\n" AT_LOCALHOST, 400, 0 },
	{ METHOD ":path /%zz\n" AT_LOCALHOST, 400, 0 },
	{ METHOD ":path /../x\n" AT_LOCALHOST, 400, 0 },
	{ METHOD ":path //f1.txt\n" AT_LOCALHOST, 200, 0 },
	{ METHOD ":path /f1.txt?[x]\n" AT_LOCALHOST, 200, 0 },
	{ GET2 "expect wonders\n", 417, 0 },
};

Test(h2_rules, a_request)
{
	struct rig_h2 *h = begin(NULL, NULL);
	uint32_t id = 1;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++, id += 2) {
		const struct row *row = &rows[i];
		struct rig_h2_stream *s = rig_h2_of(h, id);

		/* Faults cost something: a connection has enough for some. */
		if (i % 30 == 29) {
			close(h->fd);
			h = dial();
			id = 1;
			s = rig_h2_of(h, id);
		}
		rig_h2_head(h, id, H2_END_STREAM, row->lines);
		cr_assert(rig_h2_until(h, id), "%s", row->lines);
		cr_expect_eq(
		    s->status, row->status, "%s: %d", row->lines, s->status);
		if (row->status == 0)
			cr_expect(s->reset && s->error == row->error,
			    "%s: %d %u", row->lines, s->reset, s->error);
	}
	cr_assert_eq(rig_count(r, "HTTP/2:"), 0);
}

static void
send_long(struct rig_h2 *h, uint32_t id, size_t fields, size_t each)
{
	struct buf lines, block;
	size_t at = 0;

	buf_init(&lines, RIG_BUF_MAX);
	buf_init(&block, RIG_BUF_MAX);
	buf_addz(&lines, GET2);
	for (size_t i = 0; i < fields; i++)
		buf_addf(&lines, "x-%zu %0*d\n", i, (int)each, 0);
	rig_h2_fields(&block, buf_str(&lines));
	rig_h2_say(h, H2_HEADERS, H2_END_STREAM, id, block.p, 100);
	for (at = 100; block.n - at > 16384; at += 16384)
		rig_h2_say(h, H2_CONTINUATION, 0, id, block.p + at, 16384);
	rig_h2_say(
	    h, H2_CONTINUATION, H2_END_HEADERS, id, block.p + at, block.n - at);
	buf_free(&lines);
	buf_free(&block);
}

Test(h2_rules, heads_that_are_too_large)
{
	struct rig_h2 *h = begin(NULL, NULL);
	struct buf lines;

	send_long(h, 1, 90, 600);
	expect_body(h, 1, 200, "this is 1");
	send_long(h, 3, 101, 2);
	expect_body(h, 3, 431, NULL);
	send_long(h, 5, 90, 1000);
	expect_body(h, 5, 431, NULL);
	buf_init(&lines, RIG_BUF_MAX);
	buf_addf(&lines, METHOD ":path /%08500d\n" AT_LOCALHOST, 0);
	rig_h2_head(h, 7, H2_END_STREAM, buf_str(&lines));
	expect_body(h, 7, 414, NULL);
	/* HPACK is as it was. */
	cr_assert(rig_h2_get(h, 9, "/f9.txt"));
	expect_body(h, 9, 200, "this is 9");
	buf_free(&lines);
}

Test(h2_rules, bodies_that_are_not_as_long_as_they_said)
{
	struct rig_h2 *h = begin(NULL, NULL);
	static const char head[] =
	    ":method POST\n:path /echo\n" AT_LOCALHOST "content-length 5\n";

	rig_h2_head(h, 1, 0, head);
	rig_h2_say(h, H2_DATA, H2_END_STREAM, 1, "four", 4);
	cr_assert(rig_h2_until(h, 1));
	cr_assert(rig_h2_of(h, 1)->reset);
	cr_assert_eq(rig_h2_of(h, 1)->error, H2_PROTOCOL_ERROR);
	rig_h2_head(h, 3, 0, head);
	rig_h2_say(h, H2_DATA, 0, 3, "sixsix", 6);
	cr_assert(rig_h2_until(h, 3));
	cr_assert_eq(rig_h2_of(h, 3)->error, H2_PROTOCOL_ERROR);
	/* Pseudo-fields have no place in trailers, which end the stream. */
	rig_h2_head(h, 5, 0, head);
	rig_h2_say(h, H2_DATA, 0, 5, "fives", 5);
	rig_h2_head(h, 5, H2_END_STREAM, ":path /\n");
	cr_assert(rig_h2_until(h, 5));
	cr_assert_eq(rig_h2_of(h, 5)->error, H2_PROTOCOL_ERROR);
	rig_h2_head(h, 7, 0, head);
	rig_h2_say(h, H2_DATA, 0, 7, "fives", 5);
	rig_h2_head(h, 7, 0, "x-sum 1\n");
	cr_assert(rig_h2_until(h, 7));
	cr_assert_eq(rig_h2_of(h, 7)->error, H2_PROTOCOL_ERROR);
	cr_assert_eq(rig_h2_of(h, 1)->status + rig_h2_of(h, 3)->status +
		rig_h2_of(h, 5)->status + rig_h2_of(h, 7)->status,
	    0);
}

/* One frame, that ends the connection. */
struct wrong {
	unsigned type, flags;
	uint32_t id;
	const char *p;
	size_t n;
	uint32_t error;
};

#define BYTES(s) (s), sizeof(s) - 1

static const struct wrong wrongs[] = {
	/* 4.2, 4.3: sizes and HPACK */
	{ H2_HEADERS, 5, 1, BYTES("\377\377\377\377\377"),
	    H2_COMPRESSION_ERROR },
	{ H2_HEADERS, 5, 1, BYTES("\300"), H2_COMPRESSION_ERROR },
	/* 5.1, 5.1.1: states and numbers of streams */
	{ H2_DATA, 0, 1, BYTES("x"), H2_PROTOCOL_ERROR },
	{ H2_RST_STREAM, 0, 1, BYTES("\0\0\0\10"), H2_PROTOCOL_ERROR },
	{ H2_WINDOW_UPDATE, 0, 1, BYTES("\0\0\0\1"), H2_PROTOCOL_ERROR },
	{ H2_HEADERS, 5, 2, BYTES("\202\204\206\1\11localhost"),
	    H2_PROTOCOL_ERROR },
	/* 6.1 to 6.10 */
	{ H2_DATA, 0, 0, BYTES("x"), H2_PROTOCOL_ERROR },
	{ H2_HEADERS, 5, 0, BYTES("\202"), H2_PROTOCOL_ERROR },
	{ H2_HEADERS, 5 | H2_PADDED, 1, BYTES("\10\202"), H2_PROTOCOL_ERROR },
	{ H2_PRIORITY, 0, 0, BYTES("\0\0\0\0\1"), H2_PROTOCOL_ERROR },
	{ H2_RST_STREAM, 0, 0, BYTES("\0\0\0\10"), H2_PROTOCOL_ERROR },
	{ H2_RST_STREAM, 0, 1, BYTES("\0\0\0"), H2_FRAME_SIZE_ERROR },
	{ H2_SETTINGS, H2_ACK, 0, BYTES("\0\3\0\0\0\1"), H2_FRAME_SIZE_ERROR },
	{ H2_SETTINGS, 0, 0, BYTES("\0\3\0\0\0"), H2_FRAME_SIZE_ERROR },
	{ H2_SETTINGS, 0, 1, BYTES(""), H2_PROTOCOL_ERROR },
	{ H2_SETTINGS, 0, 0, BYTES("\0\2\0\0\0\2"), H2_PROTOCOL_ERROR },
	{ H2_SETTINGS, 0, 0, BYTES("\0\4\200\0\0\0"), H2_FLOW_CONTROL_ERROR },
	{ H2_SETTINGS, 0, 0, BYTES("\0\5\0\0\77\377"), H2_PROTOCOL_ERROR },
	{ H2_SETTINGS, 0, 0, BYTES("\0\5\1\0\0\0"), H2_PROTOCOL_ERROR },
	{ H2_PUSH_PROMISE, 4, 1, BYTES("\0\0\0\2\202"), H2_PROTOCOL_ERROR },
	{ H2_PING, 0, 0, BYTES("1234567"), H2_FRAME_SIZE_ERROR },
	{ H2_PING, 0, 1, BYTES("12345678"), H2_PROTOCOL_ERROR },
	{ H2_GOAWAY, 0, 1, BYTES("\0\0\0\0\0\0\0\0"), H2_PROTOCOL_ERROR },
	{ H2_WINDOW_UPDATE, 0, 0, BYTES("\0\0\0\0"), H2_PROTOCOL_ERROR },
	{ H2_WINDOW_UPDATE, 0, 0, BYTES("\177\377\377\377"),
	    H2_FLOW_CONTROL_ERROR },
	{ H2_WINDOW_UPDATE, 0, 0, BYTES("\0\0\0"), H2_FRAME_SIZE_ERROR },
	{ H2_CONTINUATION, 4, 1, BYTES("\202"), H2_PROTOCOL_ERROR },
};

Test(h2_rules, a_frame)
{
	struct rig_h2 *h = begin(NULL, NULL);

	close(h->fd);
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		const struct wrong *w = &wrongs[i];

		h = dial();
		rig_h2_say(h, w->type, w->flags, w->id, w->p, w->n);
		cr_assert(rig_h2_until_end(h), "row %zu", i);
		cr_expect_eq(h->goaways, 1, "row %zu", i);
		cr_expect_eq(
		    h->error, w->error, "row %zu: error %u", i, h->error);
		close(h->fd);
	}
}

/* Faults that end the connection. */
static void
frames_out_of_place(void)
{
	static const char big[16385];
	struct rig_h2 *h = dial();

	/* 6.10: nothing between HEADERS and CONTINUATION */
	rig_h2_say(h, H2_HEADERS, H2_END_STREAM, 1, "\202", 1);
	rig_h2_say(h, H2_PING, 0, 0, "12345678", 8);
	expect_goaway(h, H2_PROTOCOL_ERROR);
	/* 4.2: longer than SETTINGS_MAX_FRAME_SIZE */
	h = dial();
	rig_h2_say(h, H2_PING, 0, 0, big, sizeof(big));
	expect_goaway(h, H2_FRAME_SIZE_ERROR);
	/* 3.4: SETTINGS come first */
	h = rig_h2_bare(rig_open(r, "http"));
	rig_send(h->fd, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	rig_h2_get(h, 1, "/f1.txt");
	expect_goaway(h, H2_PROTOCOL_ERROR);
}

static void
streams_out_of_turn(void)
{
	struct rig_h2 *h = dial();

	/* 5.1.1: a number that was passed over is never served. */
	rig_h2_get(h, 5, "/f1.txt");
	expect_body(h, 5, 200, NULL);
	rig_h2_get(h, 3, "/f1.txt");
	rig_h2_get(h, 7, "/f1.txt");
	expect_body(h, 7, 200, NULL);
	cr_assert_eq(rig_h2_of(h, 3)->heads, 0);
	/* 5.1: DATA behind the end */
	h = dial();
	rig_h2_get(h, 1, "/echo/delay/20");
	cr_assert(rig_h2_sync(h));
	rig_h2_say(h, H2_DATA, 0, 1, "x", 1);
	while (!rig_h2_of(h, 1)->reset && rig_h2_hear(h))
		;
	cr_assert(rig_h2_of(h, 1)->reset || h->error == H2_STREAM_CLOSED);
}

Test(h2_rules, several_frames)
{
	struct rig_h2 *h = begin(NULL, NULL);

	frames_out_of_place();
	streams_out_of_turn();
	/* 5.5: what is unknown is read over */
	rig_h2_say(h, 99, 255, 7, "what?", 5);
	rig_h2_set(h, 999, 1);
	rig_h2_get(h, 1, "/f1.txt");
	expect_body(h, 1, 200, "this is 1");
	/* 5.3.1: priorities of old are read over, too */
	rig_h2_say(h, H2_PRIORITY, 0, 3, "\0\0\0\0\1", 5);
	rig_h2_say(h, H2_HEADERS, 5 | 0x20, 3,
	    "\0\0\0\0\1"
	    "\202\206\4\7/f2.txt\1\11localhost",
	    5 + 2 + 9 + 11);
	expect_body(h, 3, 200, "this is 2");
	/* 5.1.2: more than may be open at once */
	for (uint32_t i = 0; i < 101; i++)
		rig_h2_get(h, 5 + 2 * i, "/echo/delay/20");
	while (!rig_h2_of(h, 205)->reset && rig_h2_hear(h))
		;
	cr_assert(rig_h2_of(h, 205)->reset ?
		rig_h2_of(h, 205)->error == H2_REFUSED_STREAM :
		h->error == H2_PROTOCOL_ERROR);
}

/* Nobody wants it, and it would be long: the answer comes at once (8.1). */
Test(h2_rules, a_long_body_that_nobody_wants)
{
	static const char much[16384];
	struct rig_h2 *h = begin(NULL, NULL);
	struct rig_h2_stream *s = rig_h2_of(h, 1);

	rig_h2_head(h, 1, 0,
	    ":method POST\n:path /f1.txt\n" AT_LOCALHOST
	    "content-length 9999999\n");
	while (!s->reset)
		cr_assert(rig_h2_hear(h));
	cr_assert(s->ended && s->status == 405 && s->error == H2_NO_ERROR);
	/* Of another one nobody knew how long it would be. */
	rig_h2_head(h, 3, 0, ":method POST\n:path /f1.txt\n" AT_LOCALHOST);
	for (int i = 0; i < 8; i++)
		rig_h2_say(h, H2_DATA, 0, 3, much, sizeof(much));
	s = rig_h2_of(h, 3);
	while (!s->reset)
		cr_assert(rig_h2_hear(h));
	cr_assert(s->ended && s->status == 405 && s->error == H2_NO_ERROR);
	rig_h2_get(h, 5, "/f1.txt");
	expect_body(h, 5, 200, "this is 1");
}
