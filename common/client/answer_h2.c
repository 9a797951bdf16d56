/*
 * answer_h2.c - a server's answer by HTTP/2, as a client reads it.
 */
#include "client/answer_h2_inside.h"

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
		got = answer_h2_pump(h);
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
		got = answer_h2_pump(h);
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
