/*
 * websocket.c - tests of grammar/websocket.h, on the examples of RFC 6455 5.7
 * and the rules around them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "grammar/websocket.h"
#include "split.h"

#define BYTES(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}

/* clang-format off */
static const struct {
	struct slice bytes;
	long taken; /* or the negative reason */
	enum websocket_opcode opcode;
	bool last;
	const char *payload;
} frames[] = {
	{ BYTES("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), 11,
	    WEBSOCKET_TEXT, true, "Hello" },
	{ BYTES("\x01\x83\0\0\0\0Hel"), 9, WEBSOCKET_TEXT, false, "Hel" },
	{ BYTES("\x82\x80\1\2\3\4"), 6, WEBSOCKET_BINARY, true, "" },
	{ BYTES("\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), 11,
	    WEBSOCKET_PING, true, "Hello" },
	{ BYTES("\x8a\x80\1\2\3\4"), 6, WEBSOCKET_PONG, true, "" },
	{ BYTES("\x88\x82\0\0\0\0\x03\xe8"), 8, WEBSOCKET_CLOSE, true,
	    "\x03\xe8" },
	{ BYTES("\x81"), 0, 0, false, NULL },
	{ BYTES("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51"), 0, 0, false, NULL },
	{ BYTES("\x81\xfe\1"), 0, 0, false, NULL },
	/* not masked, reserved bits, reserved opcodes */
	{ BYTES("\x81\x05Hello"), -1002, 0, false, NULL },
	{ BYTES("\xc1\x80\1\2\3\4"), -1002, 0, false, NULL },
	{ BYTES("\x83\x80\1\2\3\4"), -1002, 0, false, NULL },
	{ BYTES("\x8b\x80\1\2\3\4"), -1002, 0, false, NULL },
	/* a ping in pieces, or too long; nothing to be continued */
	{ BYTES("\x09\x80\1\2\3\4"), -1002, 0, false, NULL },
	{ BYTES("\x89\xfe\0\x7e\1\2\3\4"), -1002, 0, false, NULL },
	{ BYTES("\x80\x80\1\2\3\4"), -1002, 0, false, NULL },
	/* longer forms of short lengths */
	{ BYTES("\x81\xfe\0\x7d\1\2\3\4"), -1002, 0, false, NULL },
	{ BYTES("\x81\xff\0\0\0\0\0\0\xff\xff\1\2\3\4"), -1002, 0, false, NULL },
	{ BYTES("\x81\xff\x80\0\0\0\0\0\0\0"), -1002, 0, false, NULL },
	/* too big, and said so before it is there */
	{ BYTES("\x81\xff\0\0\0\0\0\1\0\1"), -1009, 0, false, NULL },
	{ BYTES("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"), -1009, 0, false,
	    NULL },
};
/* clang-format on */

struct taking {
	struct websocket w;
	struct websocket_frame f;
	char payload[64];
};

static long
take(struct slice s, void *context)
{
	struct taking *t = context;
	struct websocket w = { 0 };
	char *copy = split_copy(s);
	long n = websocket_take(&w, copy, s.n, &t->f);

	if (n > 0 && t->f.payload.n < sizeof(t->payload))
		memcpy(t->payload, t->f.payload.p, t->f.payload.n);
	free(copy);
	return n;
}

Test(websocket, frames)
{
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct taking t = { .f = { .last = false } };
		long n = split_feed(frames[i].bytes, take, &t);

		cr_expect_eq(n, frames[i].taken, "%zu: %ld", i, n);
		if (n <= 0 || frames[i].payload == NULL)
			continue;
		cr_expect_eq(t.f.opcode, frames[i].opcode, "%zu", i);
		cr_expect_eq(t.f.last, frames[i].last, "%zu", i);
		t.f.payload.p = t.payload;
		cr_expect(slice_is(t.f.payload, frames[i].payload), "%zu", i);
	}
}

/* A message in pieces, with a ping between them; then it must not go on. */
Test(websocket, pieces)
{
	struct websocket w = { 0 };
	struct websocket_frame f;
	char a[] = "\x01\x81\0\0\0\0a", ping[] = "\x89\x80\0\0\0\0",
	     b[] = "\x80\x81\0\0\0\0b", c[] = "\x80\x81\0\0\0\0c",
	     t[] = "\x81\x80\0\0\0\0";

	cr_expect_eq(websocket_take(&w, a, 7, &f), 7);
	cr_expect_eq(websocket_take(&w, t, 6, &f), -1002, "a text in a text");
	cr_expect_eq(websocket_take(&w, ping, 6, &f), 6);
	cr_expect_eq(f.opcode, WEBSOCKET_PING);
	cr_expect_eq(websocket_take(&w, b, 7, &f), 7);
	cr_expect(f.last && f.opcode == WEBSOCKET_CONTINUED);
	cr_expect_eq(websocket_take(&w, c, 7, &f), -1002);
}

/* A text is UTF-8 as a whole: a character may be cut, and must be ended. */
Test(websocket, text)
{
	static const struct {
		struct slice one, two; /* payloads of up to 9 bytes */
		long ends;             /* 0: it is text */
	} all[] = {
		{ BYTES("h\xc3\xa9\xe2\x82\xac"), BYTES("\xf0\x9f\x9a\x80"),
		    0 },
		{ BYTES("\xc3"), BYTES("\xa9"), 0 },
		{ BYTES("\xf4\x8f\xbf"), BYTES("\xbf"), 0 },
		{ BYTES(""), BYTES(""), 0 },
		{ BYTES("\xed\x9f\xbf\xee\x80\x80"), BYTES(""), 0 },
		{ BYTES("a"), BYTES("\xff"), -1007 },
		{ BYTES("\xc3"), BYTES("("), -1007 },
		{ BYTES("\xc3"), BYTES(""), -1007 }, /* not ended */
		{ BYTES("\xe2\x82"), BYTES("a"), -1007 },
		{ BYTES("a"), BYTES("\xa9"), -1007 },    /* not begun */
		{ BYTES("\xc0"), BYTES("\xaf"), -1007 }, /* too long a form */
		{ BYTES("\xe0"), BYTES("\x9f\xbf"), -1007 },
		{ BYTES("\xed"), BYTES("\xa0\x80"), -1007 }, /* a surrogate */
		{ BYTES("\xf4"), BYTES("\x90\x80\x80"), -1007 },
		{ BYTES("\xf5"), BYTES("\x80\x80\x80"), -1007 },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct websocket w = { 0 };
		struct websocket_frame f;
		char a[16] = "\x01\x80", b[16] = "\x80\x80";
		long n;

		a[1] = (char)(0x80 + all[i].one.n);
		b[1] = (char)(0x80 + all[i].two.n);
		memcpy(a + 6, all[i].one.p, all[i].one.n);
		memcpy(b + 6, all[i].two.p, all[i].two.n);
		n = websocket_take(&w, a, 6 + all[i].one.n, &f);
		if (n > 0)
			n = websocket_take(&w, b, 6 + all[i].two.n, &f);
		cr_expect_eq(n < 0 ? n : 0, all[i].ends, "%zu: %ld", i, n);
	}
}

/* Bytes are bytes, and a ping's need not be text either. */
Test(websocket, what_is_no_text_may_be_anything)
{
	struct websocket w = { 0 };
	struct websocket_frame f;
	char binary[] = "\x82\x81\0\0\0\0\xff", ping[] = "\x89\x81\0\0\0\0\xff";

	cr_expect_eq(websocket_take(&w, binary, 7, &f), 7);
	cr_expect_eq(websocket_take(&w, ping, 7, &f), 7);
}

/* All pieces of a message together are bounded. */
Test(websocket, pieces_add_up)
{
	struct websocket w = { 0 };
	struct websocket_frame f;
	size_t half = WEBSOCKET_MAX / 2 + 1, size = 8 + half;
	char *p = calloc(1, size);

	memcpy(p, "\x02\xfe\x80\x01", 4);
	cr_expect_eq(websocket_take(&w, p, size, &f), (long)size);
	p[0] = 0;
	cr_expect_eq(websocket_take(&w, p, size, &f), -WEBSOCKET_TOO_BIG);
	free(p);
}

Test(websocket, put)
{
	static const size_t sizes[] = { 0, 1, 125, 126, 65535, 65536 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = sizes[i], head = n < 126 ? 2 : n < 65536 ? 4 : 10;
		char *p = calloc(1, n + 1);
		struct buf b;

		buf_init(&b, 1 << 20);
		websocket_put(&b, WEBSOCKET_TEXT, (struct slice){ p, n });
		cr_assert_eq(b.n, head + n);
		cr_expect_eq((unsigned char)b.p[0], 0x81);
		cr_expect_eq((unsigned char)b.p[1],
		    n < 126       ? n :
			n < 65536 ? 126 :
				    127);
		if (head == 4)
			cr_expect_eq(
			    (unsigned char)b.p[2] * 256 + (unsigned char)b.p[3],
			    n);
		if (head == 10)
			cr_expect_eq(b.p[7], 1);
		buf_free(&b);
		free(p);
	}
}

Test(websocket, close)
{
	static const struct {
		struct slice payload;
		int why;
	} all[] = {
		{ BYTES(""), 1000 },
		{ BYTES("\x03\xe8"), 1000 },
		{ BYTES("\x03\xe9 going"), 1001 },
		{ BYTES("\x0f\xa0"), 4000 },
		{ BYTES("\x03"), 1002 },
		{ BYTES("\x03\xed"), 1002 },
		{ BYTES("\0\0"), 1002 },
		{ BYTES("\xff\xff"), 1002 },
		{ BYTES("\x03\xe8 \xc3\xa9"), 1000 },
		{ BYTES("\x03\xe8 \xc3"), 1007 },
		{ BYTES("\x03\xe8\xff"), 1007 },
	};
	struct buf b;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		cr_expect_eq(
		    websocket_close_why(all[i].payload), all[i].why, "%zu", i);
	buf_init(&b, 100);
	websocket_put_close(&b, 1001);
	cr_expect(slice_is(buf_slice(&b), "\x88\x02\x03\xe9"));
	buf_free(&b);
}

Test(websocket, key)
{
	static const char *const bad[] = { "", "x",
		"dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ",
		"dGhlIHNhbXBsZSBub25jZWU=", "dGhlIHNhbXBsZSBub25j",
		"dGhlIHNhbXBsZSBub25jZQ== ",
		"dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==" };
	char answer[WEBSOCKET_KEY_MAX];

	cr_expect_eq(
	    websocket_accept(slice_of("dGhlIHNhbXBsZSBub25jZQ=="), answer), 0);
	cr_expect_str_eq(answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(
		    websocket_accept(slice_of(bad[i]), answer), -1, "%zu", i);
}
