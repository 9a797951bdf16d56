/*
 * websocket.c - WebSocket frames (RFC 6455 5.2).
 */
#include "grammar/websocket.h"

#define FIN      0x80
#define RESERVED 0x70
#define OPCODE   0x0f
#define MASKED   0x80

#define CONTROL_MAX 125 /* bytes of a control frame's payload, 5.5 */

static bool
is_control(enum websocket_opcode opcode)
{
	return opcode >= WEBSOCKET_CLOSE;
}

static bool
is_known(unsigned opcode)
{
	return opcode <= WEBSOCKET_BINARY ||
	    (opcode >= WEBSOCKET_CLOSE && opcode <= WEBSOCKET_PONG);
}

/* A number of n bytes, the most significant first. */
static uint64_t
number(const char *p, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | (unsigned char)p[i];
	return value;
}

struct head {
	unsigned first;
	size_t size; /* of the head, without the mask */
	uint64_t length;
};

/*
 * The first bytes of a frame.  Returns 1, 0 for "more, please" or what
 * websocket_take() returns.
 */
static long
take_head(const char *p, size_t n, struct head *h)
{
	unsigned second;

	if (n < 2)
		return 0;
	h->first = (unsigned char)p[0];
	second = (unsigned char)p[1];
	/* What clients send is masked, 5.1; no extension was agreed on. */
	if ((h->first & RESERVED) != 0 || !is_known(h->first & OPCODE) ||
	    (second & MASKED) == 0)
		return -WEBSOCKET_PROTOCOL;
	h->length = second & (MASKED - 1U);
	h->size = h->length == 126 ? 4 : h->length == 127 ? 10 : 2;
	if (n < h->size)
		return 0;
	if (h->size > 2)
		h->length = number(p + 2, h->size - 2);
	/* The shortest form that does, 5.2. */
	if ((h->size == 4 && h->length < 126) ||
	    (h->size == 10 && h->length < 65536) || h->length > INT64_MAX)
		return -WEBSOCKET_PROTOCOL;
	return 1;
}

/* May it stand here, between what came before? */
static long
judge(const struct websocket *w, const struct head *h)
{
	enum websocket_opcode opcode = h->first & OPCODE;

	if (is_control(opcode))
		return (h->first & FIN) != 0 && h->length <= CONTROL_MAX ?
		    1 :
		    -WEBSOCKET_PROTOCOL;
	if ((opcode == WEBSOCKET_CONTINUED) != (w->kind != 0))
		return -WEBSOCKET_PROTOCOL;
	if (h->length > WEBSOCKET_MAX - w->size)
		return -WEBSOCKET_TOO_BIG;
	return 1;
}

static void
unmask(char *p, size_t n, const char *mask)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(p[i] ^ mask[i % 4]);
}

/* The first byte of a character: what may follow it, RFC 3629 4. */
static bool
begin_character(struct websocket *w, unsigned char c)
{
	if (c < 0x80)
		return true;
	w->lacks = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	w->least = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	w->most = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	return c >= 0xc2 && c <= 0xf4;
}

/* Is the text UTF-8 so far?  Characters may be cut between pieces, 5.6. */
static bool
is_text(struct websocket *w, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (w->lacks == 0) {
			if (!begin_character(w, c))
				return false;
			continue;
		}
		if (c < w->least || c > w->most)
			return false;
		w->lacks--;
		w->least = 0x80;
		w->most = 0xbf;
	}
	return true;
}

/* What the frame means for what may follow it.  Returns 0 or what
 * websocket_take() does. */
static long
count(struct websocket *w, const struct websocket_frame *f)
{
	if (is_control(f->opcode))
		return 0;
	if (f->opcode != WEBSOCKET_CONTINUED)
		w->kind = f->opcode;
	w->size += f->payload.n;
	if (w->kind == WEBSOCKET_TEXT &&
	    (!is_text(w, f->payload) || (f->last && w->lacks != 0)))
		return -WEBSOCKET_NO_TEXT;
	if (f->last)
		*w = (struct websocket){ 0 };
	return 0;
}

long
websocket_take(
    struct websocket *w, char *p, size_t n, struct websocket_frame *f)
{
	struct head h;
	long status = take_head(p, n, &h);
	size_t all;

	if (status > 0)
		status = judge(w, &h);
	if (status <= 0)
		return status;
	all = h.size + 4 + (size_t)h.length;
	if (n < all)
		return 0;
	f->opcode = h.first & OPCODE;
	f->last = (h.first & FIN) != 0;
	f->payload = (struct slice){ p + h.size + 4, (size_t)h.length };
	unmask(p + h.size + 4, f->payload.n, p + h.size);
	status = count(w, f);
	return status < 0 ? status : (long)all;
}

void
websocket_put(struct buf *b, enum websocket_opcode opcode, struct slice s)
{
	size_t bytes = s.n < 126 ? 0 : s.n < 65536 ? 2 : 8;

	buf_addc(b, (char)(FIN | opcode));
	buf_addc(b, (char)(bytes == 0 ? s.n : bytes == 2 ? 126 : 127));
	for (size_t i = bytes; i > 0; i--)
		buf_addc(b, (char)((uint64_t)s.n >> 8 * (i - 1)));
	buf_adds(b, s);
}

void
websocket_put_close(struct buf *b, int why)
{
	char code[2] = { (char)(why >> 8), (char)why };

	websocket_put(b, WEBSOCKET_CLOSE,
	    (struct slice){ code, why == 0 ? 0 : sizeof(code) });
}

int
websocket_close_why(struct slice payload)
{
	struct websocket words = { 0 };
	uint64_t why;

	if (payload.n == 0)
		return WEBSOCKET_NORMAL;
	if (payload.n == 1)
		return WEBSOCKET_PROTOCOL;
	why = number(payload.p, 2);
	if (!is_text(&words, slice_from(payload, 2)) || words.lacks != 0)
		return WEBSOCKET_NO_TEXT; /* 5.5.1 */
	/* 7.4: those that may be sent. */
	if ((why >= 1000 && why <= 1003) || (why >= 1007 && why <= 1014) ||
	    (why >= 3000 && why <= 4999))
		return (int)why;
	return WEBSOCKET_PROTOCOL;
}
