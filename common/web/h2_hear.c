/*
 * h2_hear.c - a conversation in HTTP/2: what nghttp2 hears from the client.
 *
 * Called in the middle of nghttp2_session_mem_recv(): nothing here waits, and
 * the program is only queued for.
 */
#include "system/clock.h"
#include "web/h2.h"

static struct h2_stream *
stream_of(nghttp2_session *session, int32_t id)
{
	return nghttp2_session_get_stream_user_data(session, id);
}

static struct slice
slice_of_rcbuf(nghttp2_rcbuf *r)
{
	nghttp2_vec v = nghttp2_rcbuf_get_buf(r);

	return (struct slice){ (const char *)v.base, v.len };
}

static int64_t
head_patience(const struct h2 *t)
{
	int64_t idle_ms = t->web->idle_ms;

	return idle_ms < WEB_HEAD_MS ? idle_ms : WEB_HEAD_MS;
}

/* A frame's head is here, of whatever kind. */
static int
frame_begins(nghttp2_session *session, const nghttp2_frame_hd *f, void *own)
{
	struct h2 *t = own;
	const char *why;

	(void)session;
	if (h2_toll(t, f, &why))
		h2_end(t, NGHTTP2_ENHANCE_YOUR_CALM, why);
	/* nghttp2 reads over all of these, RFC 9113 6.3 does not. */
	else if (f->type == NGHTTP2_PRIORITY && f->stream_id == 0)
		h2_end(t, NGHTTP2_PROTOCOL_ERROR, "a priority of no stream");
	return 0;
}

static int
head_begins(nghttp2_session *session, const nghttp2_frame *f, void *own)
{
	struct h2 *t = own;
	struct h2_stream *s;

	t->head_until = t->now + head_patience(t);
	if (f->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0; /* trailers */
	s = h2_stream_new(t, f->hd.stream_id);
	if (s == NULL)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	s->x.body_next = h2_body_next;
	nghttp2_session_set_stream_user_data(session, s->id, s);
	return 0;
}

static int
field(nghttp2_session *session, const nghttp2_frame *f, nghttp2_rcbuf *name,
    nghttp2_rcbuf *value, uint8_t flags, void *own)
{
	struct h2_stream *s = stream_of(session, f->hd.stream_id);
	struct h2 *t = own;

	(void)flags;
	if (s == NULL)
		return 0;
	/* Trailers are read over, RFC 9110 6.5.1, but not without end. */
	if (f->headers.cat == NGHTTP2_HCAT_REQUEST)
		h2_request_field(
		    s, slice_of_rcbuf(name), slice_of_rcbuf(value));
	else
		s->decoded +=
		    slice_of_rcbuf(name).n + slice_of_rcbuf(value).n + 32;
	if (s->decoded > H2_DECODED_MAX)
		h2_end(t, NGHTTP2_ENHANCE_YOUR_CALM, "a head without end");
	return 0;
}

/* The program may go on, or be asked for the first time. */
static void
request_ends(struct h2_stream *s)
{
	s->ended = true;
	h2_stream_gathered(s);
	h2_stream_fed(s);
}

static void
head_ends(struct h2_stream *s, const nghttp2_frame *f)
{
	bool ends = (f->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;

	if (f->headers.cat != NGHTTP2_HCAT_REQUEST) {
		if (ends)
			request_ends(s);
		return;
	}
	s->ended = ends;
	s->x.began_us = clock_us();
	h2_request_done(s);
	h2_body_begin(s);
}

static int
frame_ends(nghttp2_session *session, const nghttp2_frame *f, void *own)
{
	struct h2_stream *s = stream_of(session, f->hd.stream_id);
	struct h2 *t = own;

	switch (f->hd.type) {
	case NGHTTP2_HEADERS:
		t->head_until = CLOCK_NEVER;
		if (s != NULL)
			head_ends(s, f);
		break;
	case NGHTTP2_DATA:
		if (s != NULL && (f->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
			request_ends(s);
		break;
	case NGHTTP2_PING:
		/* It has read what we sent before our ping. */
		if ((f->hd.flags & NGHTTP2_FLAG_ACK) != 0 && t->told)
			h2_leave(t);
		break;
	default:
		break;
	}
	return 0;
}

static int
data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *p,
    size_t n, void *own)
{
	struct h2_stream *s = stream_of(session, id);

	(void)flags;
	(void)own;
	if (s == NULL) {
		nghttp2_session_consume_connection(session, n);
		return 0;
	}
	if (h2_body_add(s, (struct slice){ (const char *)p, n }) < 0)
		h2_stream_reset(s, NGHTTP2_INTERNAL_ERROR);
	return 0;
}

/* Malformed, RFC 9113 8.1.1: nghttp2 resets the stream. */
static int
is_malformed(
    nghttp2_session *session, const nghttp2_frame *f, int error, void *own)
{
	struct h2 *t = own;
	const char *why;

	(void)session;
	(void)error;
	if (f->hd.type == NGHTTP2_HEADERS)
		t->head_until = CLOCK_NEVER;
	if (h2_toll_malformed(t, &why))
		h2_end(t, NGHTTP2_ENHANCE_YOUR_CALM, why);
	return 0;
}

static int
stream_closes(nghttp2_session *session, int32_t id, uint32_t error, void *own)
{
	struct h2_stream *s = stream_of(session, id);

	(void)error;
	(void)own;
	if (s != NULL)
		h2_stream_closed(s);
	return 0;
}

void
h2_hear(nghttp2_session_callbacks *c)
{
	nghttp2_session_callbacks_set_on_begin_frame_callback(c, frame_begins);
	nghttp2_session_callbacks_set_on_begin_headers_callback(c, head_begins);
	nghttp2_session_callbacks_set_on_header_callback2(c, field);
	nghttp2_session_callbacks_set_on_frame_recv_callback(c, frame_ends);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c, data);
	nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(
	    c, is_malformed);
	nghttp2_session_callbacks_set_on_stream_close_callback(
	    c, stream_closes);
}
