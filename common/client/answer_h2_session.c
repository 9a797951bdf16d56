/*
 * answer_h2_session.c - a client's session of HTTP/2: its frames, and what they
 * come to.
 */
#include <stdlib.h>
#include <string.h>

#include "client/answer_h2_inside.h"

#define WINDOW (1 << 20)

/* ---- what nghttp2 calls ---- */

static int
head_begins(nghttp2_session *session, const nghttp2_frame *f, void *own)
{
	struct answer_h2 *h = own;

	(void)session;
	if (f->hd.stream_id == h->stream)
		h->status = 0;
	return 0;
}

static bool
is_ours(const struct answer_h2 *h, const nghttp2_frame *f)
{
	return f->hd.type == NGHTTP2_HEADERS && f->hd.stream_id == h->stream;
}

/*
 * A head that follows an interim one is told from trailers by its status;
 * trailers are read over.
 */
static int
field(nghttp2_session *session, const nghttp2_frame *f, const uint8_t *name,
    size_t name_n, const uint8_t *value, size_t value_n, uint8_t flags,
    void *own)
{
	static const char status[] = ":status";
	struct answer_h2 *h = own;

	(void)session;
	(void)flags;
	if (!is_ours(h, f))
		return 0;
	if (name_n == sizeof(status) - 1 && memcmp(name, status, name_n) == 0) {
		buf_clear(&h->text);
		h->heads = 0;
		h->status = atoi((const char *)value);
		buf_addf(&h->text, "HTTP/1.1 %d \r\n", h->status);
	} else if (h->status != 0) {
		buf_add(&h->text, name, name_n);
		buf_add(&h->text, ": ", 2);
		buf_add(&h->text, value, value_n);
		buf_add(&h->text, "\r\n", 2);
	}
	if (!h->text.failed)
		return 0;
	h->full = true;
	return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int
frame_ends(nghttp2_session *session, const nghttp2_frame *f, void *own)
{
	struct answer_h2 *h = own;

	(void)session;
	if (f->hd.stream_id != h->stream || h->stream == 0)
		return 0;
	if (f->hd.type == NGHTTP2_HEADERS && h->status != 0) {
		buf_add(&h->text, "\r\n", 2);
		h->heads = 1;
		h->final = h->status >= 200;
		h->interim += !h->final;
	}
	if ((f->hd.type == NGHTTP2_HEADERS || f->hd.type == NGHTTP2_DATA) &&
	    (f->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
		h->ended = true;
	return 0;
}

static int
data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *p,
    size_t n, void *own)
{
	struct answer_h2 *h = own;

	(void)session;
	(void)flags;
	if (id == h->stream)
		buf_add(&h->data, p, n);
	return h->data.failed ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

static int
stream_closes(nghttp2_session *session, int32_t id, uint32_t error, void *own)
{
	struct answer_h2 *h = own;

	(void)session;
	if (id == h->stream) {
		h->closed = true;
		h->error = error;
	}
	return 0;
}

/* ---- the session ---- */

static int
settle(nghttp2_session *session)
{
	static const nghttp2_settings_entry ours[] = {
		{ NGHTTP2_SETTINGS_ENABLE_PUSH, 0 },
		{ NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW },
		{ NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, ANSWER_HEAD_MAX },
	};

	if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, ours,
		sizeof(ours) / sizeof(ours[0])) != 0)
		return -1;
	return nghttp2_session_set_local_window_size(
	    session, NGHTTP2_FLAG_NONE, 0, WINDOW);
}

static int
open_session(struct answer_h2 *h)
{
	nghttp2_session_callbacks *c;
	int status;

	if (nghttp2_session_callbacks_new(&c) != 0)
		return -1;
	nghttp2_session_callbacks_set_on_begin_headers_callback(c, head_begins);
	nghttp2_session_callbacks_set_on_header_callback(c, field);
	nghttp2_session_callbacks_set_on_frame_recv_callback(c, frame_ends);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c, data);
	nghttp2_session_callbacks_set_on_stream_close_callback(
	    c, stream_closes);
	status = nghttp2_session_client_new(&h->session, c, h);
	nghttp2_session_callbacks_del(c);
	return status == 0 ? settle(h->session) : -1;
}

/* Take in what the connection holds. */
static void
take_frames(struct answer_h2 *h)
{
	ssize_t n = nghttp2_session_mem_recv(
	    h->session, (const uint8_t *)h->c->in.p, h->c->in.n);

	if (n < 0)
		h->broken = (int)n;
	buf_clear(&h->c->in);
}

struct answer_h2 *
answer_h2_new(struct conn *c)
{
	struct answer_h2 *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->c = c;
	buf_init(&h->text, ANSWER_HEAD_MAX);
	buf_init(&h->shown, ANSWER_HEAD_MAX);
	buf_init(&h->data, 2 * WINDOW);
	if (open_session(h) == 0)
		return h;
	answer_h2_free(h);
	return NULL;
}

void
answer_h2_free(struct answer_h2 *h)
{
	if (h == NULL)
		return;
	nghttp2_session_del(h->session);
	buf_free(&h->text);
	buf_free(&h->shown);
	buf_free(&h->data);
	free(h);
}

bool
answer_h2_is_good(struct answer_h2 *h)
{
	while (h->broken == 0 && conn_fill_now(h->c) > 0)
		take_frames(h);
	return h->broken == 0 && !h->c->eof &&
	    nghttp2_session_check_request_allowed(h->session) != 0;
}

int
answer_h2_send(struct answer_h2 *h)
{
	const uint8_t *p;
	ssize_t n;
	int status;

	while ((n = nghttp2_session_mem_send(h->session, &p)) > 0) {
		status = conn_say(
		    h->c, (struct slice){ (const char *)p, (size_t)n });
		if (status < 0)
			return status;
	}
	if (n < 0)
		h->broken = (int)n;
	return 0;
}

ssize_t
answer_h2_pump(struct answer_h2 *h)
{
	int status = answer_h2_send(h);
	ssize_t got;

	if (status < 0)
		return status;
	got = conn_fill(h->c);
	if (got > 0)
		take_frames(h);
	/* What we have to say to it, a good-bye for a fault, say. */
	if (got > 0)
		status = answer_h2_send(h);
	if (status == 0 && h->broken == 0 && !h->closed &&
	    nghttp2_session_want_read(h->session) == 0)
		h->broken = NGHTTP2_ERR_PROTO; /* it has said good-bye */
	return status < 0 ? status : got > 0 ? 1 : got;
}
