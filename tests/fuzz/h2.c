/*
 * h2.c - any frames as a whole conversation in HTTP/2.
 *
 * The input is frames in short: a type, flags, a stream and a length, of a
 * byte each, and the payload; the type 255 gives bytes that are no frame at
 * all.  The preface is put before them.  The first byte chooses how the client
 * speaks.  Properties: it comes to an end; what is told are frames as RFC 9113
 * has them, each stream with one head, then DATA within what its windows had
 * room for, then nothing; a body is as long as its head said, and one that was
 * sent here comes back as it was.
 */
#include <nghttp2/nghttp2.h>
#include <stdint.h>
#include <string.h>

#include "bytes/buf.h"
#include "bytes/num.h"
#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/still.h"
#include "fuzzrig/talk.h"
#include "rig/h2_frame.h"
#include "system/clock.h"
#include "web/web.h"

#define INPUT_MAX 4096
#define STREAMS   256
#define LARGE     100000

/* ---- the program ---- */

static const char large[LARGE];
static int turn;

static bool
wants_body(const struct exchange *x)
{
	return x->r->method == HTTP_PUT;
}

static enum piece_status
next(void *own, struct piece *p)
{
	(void)own;
	turn++;
	p->wake_ms = 1000;
	p->bytes = (struct slice)SLICE("piece");
	return turn % 7 == 0 ? PIECE_END :
	    turn % 3 == 0    ? PIECE_LATER :
			       PIECE_MORE;
}

static int
at_last(struct exchange *x)
{
	if (x->hung_up)
		return CONN_ERROR;
	if (clock_left_ms(x->until_ms) > 0)
		return web_later(x, -1, clock_left_ms(x->until_ms), at_last);
	return web_text(x, 200, "at last");
}

static int
answer_put(struct exchange *x)
{
	struct buf body;
	int status;

	buf_init(&body, INPUT_MAX);
	status = web_body_read(x, &body);
	if (status == 0)
		web_made(x, 200, NULL, &body);
	buf_free(&body);
	return status > 0 ? web_refuse(x, 413, "too much") : status;
}

static int
answer(struct exchange *x)
{
	if (x->r->method == HTTP_PUT)
		return answer_put(x);
	if (web_is(x, "/p"))
		return web_pieces(
		    x, 200, NULL, REPLY_OPEN_END, next, NULL, NULL);
	if (web_is(x, "/l"))
		return web_bytes(
		    x, 200, "text/plain", (struct slice){ large, LARGE });
	x->until_ms = clock_ms() + 3000;
	return web_is(x, "/w") ? at_last(x) : web_page(x, 404, NULL);
}

static const struct web web = {
	.answer = answer, .wants_body = wants_body, .idle_ms = 5000
};
static const struct service service = { .serve = web_serve, .context = &web };

/* ---- what is told ---- */

struct stream {
	bool head, ended, reset;
	int status;
	uint64_t length; /* that was said; UINT64_MAX: nothing */
	uint64_t got;
};

static struct stream streams[STREAMS];

struct head {
	struct stream *s;
	bool begun; /* its status is its first field */
};

static void
check_field(void *with, struct slice name, struct slice value)
{
	struct head *h = with;
	uint64_t n;

	must(h->begun != slice_is(name, ":status"));
	for (size_t i = 0; i < name.n; i++)
		must(name.p[i] < 'A' || name.p[i] > 'Z');
	must(!slice_is(name, "connection") &&
	    !slice_is(name, "transfer-encoding"));
	if (!h->begun) {
		must(num_decimal(value, &n) == NUM_OK && n >= 100 && n < 600);
		h->s->status = (int)n;
	}
	if (slice_is(name, "content-length"))
		must(num_decimal(value, &h->s->length) == NUM_OK);
	h->begun = true;
}

static void
check_head(
    nghttp2_hd_inflater *inflater, struct stream *s, const uint8_t *p, size_t n)
{
	struct head h = { s, false };

	must(!s->head && !s->ended && !s->reset);
	s->length = UINT64_MAX;
	must(rig_h2_decode(inflater, p, n, check_field, &h));
	s->head = s->status >= 200;
}

static void
check_frame(nghttp2_hd_inflater *inflater, const uint8_t *f, size_t n)
{
	uint32_t id = rig_h2_read(f + 5, 4);
	struct stream *s = &streams[id / 2 % STREAMS];
	unsigned type = f[3], flags = f[4];

	must(n <= 16384 && type <= NGHTTP2_WINDOW_UPDATE);
	must((type == NGHTTP2_SETTINGS || type == NGHTTP2_PING ||
		 type == NGHTTP2_GOAWAY) ?
		id == 0 :
		type == NGHTTP2_WINDOW_UPDATE || id % 2 == 1);
	if (type == NGHTTP2_HEADERS)
		check_head(inflater, s, f + 9, n);
	if (type == NGHTTP2_DATA) {
		must(s->head && !s->ended && !s->reset);
		s->got += n;
		must(s->got <= s->length);
	}
	if ((type == NGHTTP2_HEADERS || type == NGHTTP2_DATA) &&
	    (flags & NGHTTP2_FLAG_END_STREAM) != 0) {
		must(s->head);
		s->ended = true;
		must(s->length == UINT64_MAX || s->got == s->length ||
		    s->got == 0);
	}
	s->reset = s->reset || type == NGHTTP2_RST_STREAM;
}

static void
check(struct slice told)
{
	const uint8_t *p = (const uint8_t *)told.p;
	nghttp2_hd_inflater *inflater;

	must(nghttp2_hd_inflate_new(&inflater) == 0);
	memset(streams, 0, sizeof(streams));
	for (size_t at = 0; at < told.n;) {
		size_t n;

		/* The client may have gone in the middle of one. */
		if (told.n - at < 9)
			break;
		n = rig_h2_read(p + at, 3);
		if (told.n - at - 9 < n)
			break;
		check_frame(inflater, p + at, n);
		at += 9 + n;
	}
	nghttp2_hd_inflate_del(inflater);
}

/* ---- what is said ---- */

static void
write_frames(struct buf *b, const uint8_t *p, size_t n)
{
	while (n >= 4) {
		size_t length = p[3] < n - 4 ? p[3] : n - 4;
		const uint8_t head[9] = { 0, 0, (uint8_t)length, p[0], p[1], 0,
			0, 0, p[2] };

		if (p[0] != 255)
			buf_add(b, head, 9);
		buf_add(b, p + 4, length);
		p += 4 + length;
		n -= 4 + length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manner m;
	struct buf said;
	struct conn c;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	m = (struct manner){ 1 + data[0] / 2, (data[0] & 1) != 0 };
	buf_init(&said, 16 * INPUT_MAX);
	buf_addz(&said, NGHTTP2_CLIENT_MAGIC);
	buf_add(&said, "\0\0\0\4\0\0\0\0\0", 9);
	write_frames(&said, data + 1, size - 1);
	turn = 0;
	still_begin();
	quiet_begin();
	talk_begin(&c, buf_slice(&said), &m);
	service.serve(&c, &service);
	conn_end(&c);
	check(talk_end());
	buf_free(&said);
	return 0;
}
