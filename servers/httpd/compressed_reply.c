/*
 * compressed_reply.c - a reply that was made for this request, compressed while
 * it is sent.
 */
#include "httpd/compressed_reply.h"

#include <stdlib.h>

#include "httpd/compress.h"
#include "httpd/compressed.h"
#include "httpd/site.h"
#include "system/mime.h"

#define OUT_MAX (1 << 20) /* of one piece never comes so much */

/* The reply as it was made, under another that compresses it. */
struct squeezed {
	struct compressor *c;
	reply_next *next; /* of the pieces; NULL: bytes */
	void (*done)(void *own);
	void *own;
	struct buf made;
	struct slice bytes;
	uint64_t taken;
	bool ended;
	struct buf out;
};

/* More of the reply, in p. */
static enum piece_status
take_more(struct squeezed *s, struct piece *p)
{
	enum piece_status status = PIECE_END;

	if (s->next != NULL) {
		status = s->next(s->own, p);
	} else if (s->bytes.n > 0) {
		p->bytes = s->bytes;
		s->bytes = slice_from(s->bytes, s->bytes.n);
		status = PIECE_MORE;
	}
	s->ended = status == PIECE_END;
	return status;
}

static enum piece_status
next_piece(void *own, struct piece *p)
{
	static const struct slice nothing = SLICE("");
	struct squeezed *s = own;

	buf_clear(&s->out);
	while (s->out.n == 0 && !s->ended) {
		enum piece_status status = take_more(s, p);

		if (status != PIECE_MORE && status != PIECE_END)
			return status;
		s->taken += s->ended ? 0 : p->bytes.n;
		if (!compress_add(
			s->c, s->ended ? nothing : p->bytes, s->ended, &s->out))
			return PIECE_BROKEN;
	}
	p->bytes = buf_slice(&s->out);
	return s->out.n > 0 ? PIECE_MORE : PIECE_END;
}

static void
all_done(void *own)
{
	struct squeezed *s = own;

	if (s->done != NULL)
		s->done(s->own);
	compressed_spent(s->taken);
	compress_end(s->c);
	buf_free(&s->made);
	buf_free(&s->out);
	free(s);
}

/* Put it under, with all that it holds. */
static void
lay_under(struct squeezed *s, struct reply *r)
{
	s->next = r->kind == REPLY_PIECES ? r->next : NULL;
	s->done = r->done;
	s->own = r->own;
	s->made = r->made;
	s->bytes = r->bytes;
	buf_init(&s->out, OUT_MAX);
	buf_init(&r->made, 0);
	r->kind = REPLY_PIECES;
	r->length = REPLY_OPEN_END;
	r->bytes = (struct slice){ NULL, 0 };
	r->next = next_piece;
	r->done = all_done;
	r->own = s;
}

static bool
is_worth_it(const struct reply *r)
{
	char type[MIME_MAX_TYPE];

	return r->status == 200 && r->kind != REPLY_FILE &&
	    r->length >= COMPRESSED_MIN &&
	    slice_copy(r->type, type, sizeof(type)) == 0 &&
	    mime_is_squeezable(type);
}

void
compressed_reply(struct exchange *x)
{
	enum content_coding coding;
	struct squeezed *s;
	const char *name;

	if (site.no_compress || !is_worth_it(&x->reply))
		return;
	web_fieldz(x, "Vary", "Accept-Encoding");
	name = compressed_choose(&x->r->fields, &coding);
	s = name == NULL ? NULL : calloc(1, sizeof(*s));
	if (s == NULL)
		return;
	s->c = compress_begin(coding, COMPRESS_OPEN_END);
	if (s->c == NULL) {
		free(s);
		return;
	}
	lay_under(s, &x->reply);
	web_fieldz(x, "Content-Encoding", name);
}
