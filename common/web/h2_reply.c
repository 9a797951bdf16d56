/*
 * h2_reply.c - a conversation in HTTP/2: from a reply to frames.
 *
 * The head is submitted at once; the body is asked of the reply when the
 * windows have room and it is its turn, frame by frame, and goes to t->out
 * without another copy.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "web/h2.h"

#define FRAME_HEAD 9 /* RFC 9113 4.1 */

static size_t
left_of(const struct piece *p)
{
	if (p->bytes.n > 0)
		return p->bytes.n;
	return p->n < SIZE_MAX ? (size_t)p->n : SIZE_MAX;
}

/* The program has nothing to send yet: when to ask it again? */
static ssize_t
pause_reply(struct h2_stream *s)
{
	int64_t ms = s->piece.wake_ms;

	if (ms > REPLY_WAKE_MS || ms < 0)
		ms = REPLY_WAKE_MS;
	s->wake = (struct h2_wake){ s->piece.wake_fd, s->t->now + ms,
		s->piece.wake_for };
	h2_stream_is(s, H2_PAUSED);
	return NGHTTP2_ERR_DEFERRED;
}

/* Have a piece.  Returns 1, 0 at the end, or what nghttp2 is to hear. */
static ssize_t
have_piece(struct h2_stream *s)
{
	const struct reply *r = &s->x.reply;

	while (left_of(&s->piece) == 0) {
		enum piece_status more = PIECE_END;

		if (r->kind == REPLY_PIECES && s->left > 0) {
			s->piece = (struct piece){ .file = -1, .wake_fd = -1 };
			more = r->next(r->own, &s->piece);
		}
		/* Whoever waits for what may come need not, when we go. */
		if (more == PIECE_LATER && !s->piece.whole &&
		    (s->t->draining || s->t->c->eof))
			more = PIECE_END;
		if (more == PIECE_LATER)
			return pause_reply(s);
		if (more == PIECE_END &&
		    (s->left == 0 || s->left == REPLY_OPEN_END))
			return 0;
		if (more != PIECE_MORE || left_of(&s->piece) > s->left)
			return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	}
	return 1;
}

/* How long is the next DATA frame?  Its bytes are asked for after that. */
static ssize_t
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is nghttp2's */
frame_length(nghttp2_session *session, int32_t id, uint8_t *buf, size_t most,
    uint32_t *flags, nghttp2_data_source *source, void *own)
{
	struct h2_stream *s = source->ptr;
	ssize_t got = have_piece(s);
	size_t n;

	(void)session;
	(void)id;
	(void)buf;
	(void)own;
	if (got < 0)
		return got;
	*flags |= NGHTTP2_DATA_FLAG_NO_COPY;
	n = got == 0 ? 0 : left_of(&s->piece);
	if (n > most)
		n = most;
	if (s->left != REPLY_OPEN_END)
		s->left -= n;
	if (got == 0 || s->left == 0)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)n;
}

static bool
read_file(const struct piece *p, char *to, size_t n)
{
	for (size_t have = 0; have < n;) {
		ssize_t got = pread(
		    p->file, to + have, n - have, p->offset + (off_t)have);

		if (got == 0 || (got < 0 && errno != EINTR))
			return false; /* it has shrunk */
		have += got > 0 ? (size_t)got : 0;
	}
	return true;
}

/* The next bytes of the piece. */
static bool
take(struct piece *p, char *to, size_t n)
{
	if (p->bytes.n > 0) {
		memcpy(to, p->bytes.p, n);
		p->bytes = slice_from(p->bytes, n);
		return true;
	}
	if (!read_file(p, to, n))
		return false;
	p->offset += (off_t)n;
	p->n -= n;
	return true;
}

static int
put_frame(nghttp2_session *session, nghttp2_frame *f, const uint8_t *head,
    size_t n, nghttp2_data_source *source, void *own)
{
	struct h2_stream *s = source->ptr;
	struct h2 *t = own;
	char *to = buf_room(&t->out, FRAME_HEAD + n);

	(void)session;
	(void)f;
	if (to == NULL)
		return NGHTTP2_ERR_CALLBACK_FAILURE;
	memcpy(to, head, FRAME_HEAD);
	if (n > 0 && !take(&s->piece, to + FRAME_HEAD, n))
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	buf_grew(&t->out, FRAME_HEAD + n);
	s->x.sent += n;
	h2_toll_paid(t, n);
	return t->out.n >= H2_OUT ? NGHTTP2_ERR_PAUSE : 0;
}

/* A client that still sends what nobody wants may stop, RFC 9113 8.1. */
static int
frame_sent(nghttp2_session *session, const nghttp2_frame *f, void *own)
{
	struct h2_stream *s;
	struct h2 *t = own;
	const char *why;

	/* When that is answered, it has been heard: see h2_announce(). */
	if (f->hd.type == NGHTTP2_GOAWAY && t->told && !t->leaving)
		nghttp2_submit_ping(session, NGHTTP2_FLAG_NONE, NULL);
	if (f->hd.type == NGHTTP2_RST_STREAM &&
	    f->rst_stream.error_code != NGHTTP2_NO_ERROR &&
	    h2_toll_reset(t, &why))
		h2_end(t, NGHTTP2_ENHANCE_YOUR_CALM, why);
	if ((f->hd.type != NGHTTP2_DATA && f->hd.type != NGHTTP2_HEADERS) ||
	    (f->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
		return 0;
	s = nghttp2_session_get_stream_user_data(session, f->hd.stream_id);
	if (s != NULL && !s->ended)
		h2_stream_reset(s, NGHTTP2_NO_ERROR);
	return 0;
}

static void
begin_body(struct h2_stream *s)
{
	const struct reply *r = &s->x.reply;

	s->held = r->made.n;
	s->t->held += s->held;
	s->left = r->length;
	s->piece = (struct piece){ .file = -1, .wake_fd = -1 };
	if (r->kind == REPLY_BYTES)
		s->piece.bytes = r->bytes;
	if (r->kind == REPLY_FILE) {
		s->piece.file = r->file;
		s->piece.offset = r->offset;
		s->piece.n = r->length;
	}
}

void
h2_reply(struct h2_stream *s)
{
	nghttp2_data_provider body = { .source.ptr = s,
		.read_callback = frame_length };
	bool silent = !h2_head_make(s);

	begin_body(s);
	h2_stream_is(s, H2_REPLYING);
	if (h2_head_submit(s, silent ? NULL : &body) != 0)
		h2_stream_reset(s, NGHTTP2_INTERNAL_ERROR);
}

void
h2_reply_callbacks(nghttp2_session_callbacks *c)
{
	nghttp2_session_callbacks_set_send_data_callback(c, put_frame);
	nghttp2_session_callbacks_set_on_frame_send_callback(c, frame_sent);
}
