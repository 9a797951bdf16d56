/*
 * h1_reply.c - a conversation in HTTP/1.1: from a reply to bytes.
 *
 * Its head is made by h1_head.c, and h1_send.c has it on its way; an ordinary
 * reply, head and body, goes out in one call.  What is left for here are
 * replies that are made while they are sent.
 */
#include <errno.h>

#include "bytes/num.h"
#include "web/h1_send.h"

static const struct slice crlf = SLICE("\r\n");

static int
send_piece(struct h1 *t, const struct piece *p, enum h1_framing framing)
{
	uint64_t n = p->bytes.n > 0 ? p->bytes.n : p->n;
	char digits[NUM_MAX_TEXT];
	bool chunk = framing == BY_CHUNKS;
	int status;

	if (n == 0)
		return 0;
	if (chunk) {
		buf_add(&t->head, digits, num_hex_text(n, digits));
		buf_adds(&t->head, crlf);
	}
	if (p->bytes.n > 0)
		return h1_send_bytes(
		    t, p->bytes, chunk ? crlf : (struct slice){ NULL, 0 });
	status = h1_send_file(t, p->file, p->offset, p->n);
	if (chunk)
		buf_adds(&t->head, crlf);
	return status;
}

unsigned
h1_wait_for(bool hang_up, unsigned wake_for)
{
	unsigned what = hang_up ? CONN_HUNG_UP : 0;

	if ((wake_for & REPLY_WAKE_BODY) != 0)
		what |= CONN_READABLE;
	if ((wake_for & REPLY_WAKE_ROOM) != 0)
		what |= CONN_OTHER_TAKES;
	return what;
}

/* What was seen when a part of the reply is awaited without which it is none:
 * it ends only if nobody can take it. */
static int
wait_for_whole(struct exchange *x, int seen)
{
	if (seen == CONN_DRAIN)
		x->close = true;
	if (seen != CONN_ERROR && (seen < 0 || (seen & CONN_HUNG_UP) == 0))
		return 0;
	x->close = true;
	return CONN_ERROR;
}

/*
 * Wait until the producer has something.  Returns 0, or 1 when the stream is
 * over for another reason, or negative.
 */
static int
wait_for_piece(struct h1 *t, const struct piece *p)
{
	struct exchange *x = &t->x;
	int64_t ms = p->wake_ms < REPLY_WAKE_MS ? p->wake_ms : REPLY_WAKE_MS;
	unsigned what = h1_wait_for(!p->whole, p->wake_for);
	int seen = h1_flush(t);

	if (seen < 0)
		return seen;
	if (p->whole && conn_draining())
		what |= CONN_PATIENT;
	conn_deadline(x->c, ms + WEB_SEND_MS);
	seen = conn_wait(x->c, what, p->wake_fd, ms);
	h1_send_deadline(x);
	if (p->whole)
		return wait_for_whole(x, seen);
	if (seen == CONN_DRAIN || seen == CONN_ERROR) {
		x->close = true;
		return 1;
	}
	/* A client that only says that it sends no more may have asked more
	 * before: no reason to close. */
	return seen > 0 && (seen & CONN_HUNG_UP) != 0;
}

/* The body was cut short of what the head has promised. */
static int
broken(struct exchange *x)
{
	x->close = true;
	errno = EIO;
	return CONN_ERROR;
}

static int
finish_pieces(struct h1 *t, enum h1_framing framing, uint64_t left)
{
	static const struct slice last = SLICE("0\r\n\r\n");

	if (framing == BY_LENGTH && left > 0)
		return broken(&t->x);
	if (framing == BY_CHUNKS)
		buf_adds(&t->head, last);
	return h1_flush(t);
}

static int
send_pieces(struct h1 *t, enum h1_framing framing)
{
	struct exchange *x = &t->x;
	const struct reply *r = &x->reply;
	uint64_t left = r->length;

	for (;;) {
		struct piece p = { .file = -1, .wake_fd = -1 };
		enum piece_status more = r->next(r->own, &p);
		uint64_t n = p.bytes.n > 0 ? p.bytes.n : p.n;
		int status = 0;

		if (more == PIECE_END)
			return finish_pieces(t, framing, left);
		if (more == PIECE_BROKEN || n > left)
			return broken(x);
		if (more == PIECE_LATER)
			status = wait_for_piece(t, &p);
		else
			status = send_piece(t, &p, framing);
		if (framing == BY_LENGTH && more == PIECE_MORE)
			left -= n;
		if (status < 0)
			return status;
		if (status > 0) /* the client has gone, or we go */
			return finish_pieces(t, framing, left);
	}
}

int
h1_reply(struct h1 *t)
{
	enum h1_framing framing = h1_head(t);
	struct exchange *x = &t->x;
	const struct reply *r = &x->reply;

	h1_send_deadline(x);
	if (h1_is_silent(x) || r->length == 0)
		return h1_flush(t);
	switch (r->kind) {
	case REPLY_FILE:
		return h1_send_file(t, r->file, r->offset, r->length);
	case REPLY_PIECES:
		return send_pieces(t, framing);
	case REPLY_BYTES:
		break;
	}
	return h1_send_bytes(t, r->bytes, (struct slice){ NULL, 0 });
}
