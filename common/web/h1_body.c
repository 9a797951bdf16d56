/*
 * h1_body.c - a conversation in HTTP/1.1: the bodies of requests.
 */
#include <errno.h>

#include "system/clock.h"
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

/*
 * The time a client may take for a body: some at once, and a second more for
 * each WEB_BODY_RATE bytes that have come.  So the slowest who keeps the pace
 * is heard out, and one who stands still, or trickles, is soon given up.
 */
static void
set_deadline(struct exchange *x)
{
	x->body.from_ms = clock_ms();
	conn_deadline(x->c, 2 * x->web->idle_ms);
}

/* The deadline has come: does it move, for what came since?  Then it has. */
static bool
earns_time(struct exchange *x)
{
	struct web_body *b = &x->body;
	int64_t ms = 2 * x->web->idle_ms +
	    (int64_t)(b->total * 1000 / WEB_BODY_RATE) -
	    (clock_ms() - b->from_ms);

	if (ms <= 0)
		return false;
	conn_deadline(x->c, ms);
	return true;
}

/* Has the client taken longer than that? */
static bool
is_late(const struct exchange *x)
{
	const struct web_body *b = &x->body;

	return clock_ms() - b->from_ms >
	    2 * x->web->idle_ms + (int64_t)(b->total * 1000 / WEB_BODY_RATE);
}

/* What is there now. */
static int
take_bytes(struct exchange *x)
{
	ssize_t got = conn_fill_now(x->c);

	if (got == CONN_ERROR && (errno == EAGAIN || errno == EINTR))
		return is_late(x) ? CONN_TIMEOUT : WEB_BODY_LATER;
	if (got == CONN_EOF) {
		errno = ECONNRESET;
		return CONN_ERROR;
	}
	return got < 0 ? (int)got : 0;
}

/* Have bytes in conn->in.  Returns 0, WEB_BODY_LATER or a negative
 * conn_status. */
static int
await_bytes(struct exchange *x, bool waits)
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
	if (!waits)
		return take_bytes(x);
	do
		got = conn_fill(x->c);
	while (got == CONN_TIMEOUT && earns_time(x));
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

static int
body_next(struct exchange *x, struct slice *data, bool waits)
{
	struct web_body *b = &x->body;
	int status;

	if (x->body_next != NULL)
		return x->body_next(x, data, waits);
	for (;;) {
		*data = (struct slice){ NULL, 0 };
		buf_eat(&x->c->in, b->to_eat);
		b->to_eat = 0;
		if (h1_body_is_done(x))
			return 0;
		status = await_bytes(x, waits);
		if (status != 0)
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
web_body_next(struct exchange *x, struct slice *data)
{
	return body_next(x, data, true);
}

int
web_body_now(struct exchange *x, struct slice *data)
{
	return body_next(x, data, false);
}

void
web_body_held(struct exchange *x, int64_t ms)
{
	x->body.from_ms += ms;
}

int
web_body_read(struct exchange *x, struct buf *to)
{
	struct slice data;
	int status;

	/* Nobody needs to send what is known to be too much. */
	if (x->body.kind == HTTP_BODY_LENGTH && x->body.left > to->max - to->n)
		return 1;
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
