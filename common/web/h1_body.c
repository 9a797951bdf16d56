/*
 * h1_body.c - a conversation in HTTP/1.1: the bodies of requests.
 */
#include <errno.h>

#include "web/h1.h"
#include "web/web.h"

void
h1_body_begin(struct exchange *x)
{
	x->body = (struct web_body){ .kind = x->r->body.kind,
		.left = x->r->body.length };
}

bool
h1_body_is_done(const struct exchange *x)
{
	const struct web_body *b = &x->body;

	if (b->kind == HTTP_BODY_LENGTH)
		return b->left == 0;
	return b->kind == HTTP_BODY_NONE || b->chunked.done;
}

/* The time a client may take for a body, however it trickles. */
static void
set_deadline(struct exchange *x)
{
	int64_t ms = 2 * x->web->idle_ms;

	conn_deadline(x->c, ms < WEB_BODY_MS ? ms : WEB_BODY_MS);
}

/* Have bytes in conn->in.  Returns 0 or a negative conn_status. */
static int
await_bytes(struct exchange *x)
{
	struct web_body *b = &x->body;
	ssize_t got;

	if (!b->begun)
		set_deadline(x);
	if (x->c->in.n == 0 && !b->begun && x->r->expects_100) {
		int status = conn_sayz(x->c, "HTTP/1.1 100 Continue\r\n\r\n");

		if (status < 0)
			return status;
	}
	b->begun = true;
	if (x->c->in.n > 0)
		return 0;
	got = conn_fill(x->c);
	if (got == CONN_EOF) {
		errno = ECONNRESET;
		return CONN_ERROR;
	}
	return got < 0 ? (int)got : 0;
}

/* Take what there is.  Returns 0 or an http_fault_code. */
static int
take(struct exchange *x, struct slice *data)
{
	struct web_body *b = &x->body;
	struct slice in = buf_slice(&x->c->in);
	ssize_t n;

	if (b->kind == HTTP_BODY_LENGTH) {
		*data = in;
		if (data->n > b->left)
			data->n = (size_t)b->left;
		b->left -= data->n;
		b->to_eat = data->n;
		return 0;
	}
	n = http_chunked_eat(&b->chunked, in, data);
	if (n < 0)
		return (int)n;
	b->to_eat = (size_t)n;
	return 0;
}

int
web_body_next(struct exchange *x, struct slice *data)
{
	struct web_body *b = &x->body;
	int status;

	if (x->body_next != NULL)
		return x->body_next(x, data);
	for (;;) {
		*data = (struct slice){ NULL, 0 };
		buf_eat(&x->c->in, b->to_eat);
		b->to_eat = 0;
		if (h1_body_is_done(x))
			return 0;
		status = await_bytes(x);
		if (status < 0)
			return status;
		status = take(x, data);
		if (status < 0)
			return WEB_BODY_FAULT + status;
		b->total += data->n;
		if (data->n > 0)
			return 1;
	}
}

int
web_body_read(struct exchange *x, struct buf *to)
{
	struct slice data;
	int status;

	while ((status = web_body_next(x, &data)) > 0) {
		buf_adds(to, data);
		if (to->failed)
			return 1;
	}
	return status;
}

/*
 * A client that waits for 100 (Continue) has not sent the body, and may or may
 * not send it after our answer: the connection cannot go on (RFC 9110 10.1.1).
 */
int
h1_body_drain(struct exchange *x)
{
	struct slice data;
	int status;

	if (x->r->expects_100 ||
	    (x->body.kind == HTTP_BODY_LENGTH &&
		x->body.left > WEB_DRAIN_MAX)) {
		x->close = true;
		return 0;
	}
	while ((status = web_body_next(x, &data)) > 0) {
		if (x->body.total > WEB_DRAIN_MAX) {
			x->close = true;
			return 0;
		}
	}
	return status;
}
