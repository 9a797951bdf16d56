/*
 * answer_h2.c - a server's answer by HTTP/2, as a client reads it.
 */
#include "client/answer_h2.h"

#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW     (1 << 20)
#define FIELDS_MAX 256

struct answer_h2 {
	struct conn *c;
	nghttp2_session *session;
	int32_t stream;    /* that is asked on; 0: none */
	struct slice body; /* of the request, what is left */
	struct buf text;   /* a head, "name: value" */
	struct buf shown;  /* ... in the answer while the next one comes */
	struct buf data;   /* of the body, not yet taken */
	int status;        /* of the head that comes; 0: trailers */
	int heads;         /* complete, and not yet taken: 0 or 1 */
	int interim;       /* 1xx so far */
	bool final;        /* the head is that of the answer */
	bool full;         /* a head was too long */
	bool ended;        /* END_STREAM */
	bool closed;       /* the stream, with ... */
	uint32_t error;
	int broken; /* the session: nghttp2's error */
};

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

static ssize_t
give_body(nghttp2_session *session, int32_t id, uint8_t *to, size_t n,
    uint32_t *flags, nghttp2_data_source *source, void *own)
{
	struct answer_h2 *h = own;

	(void)session;
	(void)id;
	(void)source;
	if (n > h->body.n)
		n = h->body.n;
	if (n > 0)
		memcpy(to, h->body.p, n);
	h->body = slice_from(h->body, n);
	if (h->body.n == 0)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)n;
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

/* Send all that is to be sent now. */
static int
send_frames(struct answer_h2 *h)
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

/* Send, and wait for more.  Returns 1, or a conn_status. */
static ssize_t
pump(struct answer_h2 *h)
{
	int status = send_frames(h);
	ssize_t got;

	if (status < 0)
		return status;
	got = conn_fill(h->c);
	if (got > 0)
		take_frames(h);
	/* What we have to say to it, a good-bye for a fault, say. */
	if (got > 0)
		status = send_frames(h);
	if (status == 0 && h->broken == 0 && !h->closed &&
	    nghttp2_session_want_read(h->session) == 0)
		h->broken = NGHTTP2_ERR_PROTO; /* it has said good-bye */
	return status < 0 ? status : got > 0 ? 1 : got;
}

bool
answer_h2_is_good(struct answer_h2 *h)
{
	while (h->broken == 0 && conn_fill_now(h->c) > 0)
		take_frames(h);
	return h->broken == 0 && !h->c->eof &&
	    nghttp2_session_check_request_allowed(h->session) != 0;
}

/* ---- asking ---- */

struct fields {
	size_t n;
	nghttp2_nv at[FIELDS_MAX];
};

static void
add(struct fields *f, struct slice name, struct slice value)
{
	if (f->n < FIELDS_MAX)
		f->at[f->n++] = (nghttp2_nv){ .name = (uint8_t *)name.p,
			.namelen = name.n,
			.value = (uint8_t *)value.p,
			.valuelen = value.n };
}

/* RFC 9113 8.2.2 */
static bool
is_of_connection(struct slice name)
{
	return slice_iis(name, "Connection") || slice_iis(name, "Keep-Alive") ||
	    slice_iis(name, "Proxy-Connection") || slice_iis(name, "Upgrade") ||
	    slice_iis(name, "Transfer-Encoding");
}

static struct slice
next_line(struct slice *rest)
{
	struct slice line = slice_cut(rest, '\n');

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* The head's lines as fields, the pseudo-fields first. */
static void
read_head(struct fields *f, struct slice head, bool secure)
{
	static const struct slice method = SLICE(":method"),
				  path = SLICE(":path"),
				  scheme = SLICE(":scheme"),
				  http = SLICE("http"), https = SLICE("https"),
				  authority = SLICE(":authority");
	struct slice line = next_line(&head), lines = head;

	f->n = 0;
	add(f, method, slice_cut(&line, ' '));
	add(f, scheme, secure ? https : http);
	add(f, path, slice_cut(&line, ' '));
	for (struct slice rest = lines; rest.n > 0;) {
		struct slice value = next_line(&rest),
			     name = slice_cut(&value, ':');

		if (slice_iis(name, "Host"))
			add(f, authority, slice_trim(value));
	}
	while (lines.n > 0) {
		struct slice value = next_line(&lines),
			     name = slice_cut(&value, ':');

		if (name.n > 0 && !slice_iis(name, "Host") &&
		    !is_of_connection(name))
			add(f, name, slice_trim(value));
	}
}

/* Is there an answer, or will there be none? */
static bool
is_decided(const struct answer_h2 *h)
{
	return h->final || h->closed || h->broken != 0;
}

int
answer_h2_ask(struct answer_h2 *h, struct slice head, struct slice body)
{
	nghttp2_data_provider give = { .read_callback = give_body };
	struct fields *f = malloc(sizeof(*f)); /* large */
	ssize_t status = 0;

	errno = ENOMEM;
	if (f == NULL)
		return CONN_ERROR;
	read_head(f, head, h->c->secure);
	h->body = body;
	h->heads = h->status = h->interim = 0;
	h->full = h->final = h->ended = h->closed = false;
	buf_clear(&h->data);
	h->stream = nghttp2_submit_request(
	    h->session, NULL, f->at, f->n, body.n > 0 ? &give : NULL, NULL);
	free(f);
	if (h->stream < 0)
		return CONN_ERROR;
	status = send_frames(h);
	/* Windows open as the server reads. */
	while (status >= 0 && h->body.n > 0 && !is_decided(h))
		status = pump(h) > 0 ? 0 : CONN_ERROR;
	return (int)status;
}

/* ---- the answer ---- */

static enum answer_end
end(struct answer *a, enum answer_end how, ssize_t code)
{
	a->code = (int)code;
	return how;
}

/* Nothing comes any more: why? */
static enum answer_end
gone(struct answer_h2 *h, struct answer *a, enum answer_end cut, ssize_t got)
{
	if (h->full)
		return end(a, ANSWER_HEAD_CUT, CONN_FULL);
	if (h->broken != 0)
		return end(a, ANSWER_NO_H2, h->broken);
	if (h->closed)
		return end(a, ANSWER_RESET, (ssize_t)h->error);
	return end(a, cut, got);
}

/* The head that has come, in the shape of HTTP/1.1; then shown as it was. */
static enum answer_end
take_head(struct answer_h2 *h, struct answer *a)
{
	struct buf text = h->shown;
	struct slice rest;
	long n;

	h->shown = h->text;
	h->text = text;
	h->heads = 0;
	n = http_response_parse(buf_slice(&h->shown), &a->r);
	if (n <= 0)
		return end(a, ANSWER_HEAD_BAD, n);
	rest = buf_slice(&h->shown);
	slice_cut(&rest, '\n');
	buf_clear(&a->head);
	buf_addf(&a->head, "HTTP/2 %d\r\n", a->r.status);
	a->r.line = buf_slice(&a->head);
	a->r.line.n -= 2;
	buf_adds(&a->head, rest);
	a->r.line.p = a->head.p; /* it may have moved */
	a->r.keep_alive = true;
	return ANSWER_OK;
}

static enum answer_end
next_head(struct answer_h2 *h, struct answer *a)
{
	ssize_t got = 1;

	while (h->heads == 0) {
		if (h->closed || h->broken != 0 || got <= 0)
			return gone(h, a, ANSWER_NONE, got);
		got = pump(h);
	}
	return take_head(h, a);
}

enum answer_end
answer_h2_head(struct answer_h2 *h, struct answer *a, bool to_head,
    void (*each)(const struct answer *))
{
	enum answer_end how;
	int code;

	for (;;) {
		how = next_head(h, a);
		if (how != ANSWER_OK)
			return how;
		if (each != NULL)
			each(a);
		if (a->r.status >= 200)
			break;
		if (h->interim >= ANSWER_INTERIM)
			return ANSWER_TALKS;
	}
	a->got = 0;
	code = http_response_body(&a->r, to_head, &a->body);
	return code < 0 ? end(a, ANSWER_FRAME_BAD, code) : ANSWER_OK;
}

enum answer_end
answer_h2_body(struct answer_h2 *h, struct answer *a,
    int (*put)(void *with, struct slice), void *with)
{
	ssize_t got = 1;

	for (;;) {
		int code = h->data.n == 0 ? 0 : put(with, buf_slice(&h->data));

		if (code != 0)
			return end(a, ANSWER_REFUSED, code);
		a->got += h->data.n;
		buf_clear(&h->data);
		if (h->ended)
			return ANSWER_OK;
		if (h->closed || h->broken != 0 || got <= 0)
			return gone(h, a, ANSWER_BODY_CUT, got);
		got = pump(h);
	}
}

void
answer_h2_let_go(struct answer_h2 *h)
{
	if (h->stream > 0 && !h->closed)
		nghttp2_submit_rst_stream(
		    h->session, NGHTTP2_FLAG_NONE, h->stream, NGHTTP2_CANCEL);
	h->stream = 0;
	buf_clear(&h->data);
}

const char *
answer_h2_why(enum answer_end how, int code)
{
	return how == ANSWER_RESET ? nghttp2_http2_strerror((uint32_t)code) :
				     nghttp2_strerror(code);
}
