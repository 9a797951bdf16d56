/*
 * h2_body.c - a conversation in HTTP/2: the bodies of requests.
 *
 * A body that the program wants is gathered before it is asked, so that it
 * waits for no client; a longer one it has to read on.  One that nobody wants
 * is let go by, and after a while no more: the reply, once sent, ends it.
 */
#include <errno.h>

#include "system/clock.h"
#include "web/h2.h"

/*
 * Is the answer to wait for it?  One that nobody wants is got out of the way
 * if it is small, as in HTTP/1.1: there are clients (curl 7.88) that take no
 * answer from who does not let them finish.
 */
static bool
is_awaited(const struct h2_stream *s, bool expects_100)
{
	const struct http_body *body = &s->request.body;

	if (s->ended || s->fault != 0)
		return false;
	return s->wants_body ||
	    (!expects_100 &&
		(body->kind != HTTP_BODY_LENGTH ||
		    body->length <= WEB_DRAIN_MAX));
}

void
h2_body_begin(struct h2_stream *s)
{
	struct exchange *x = &s->x;
	/* http_request_judge() knew of no body yet. */
	bool expects_100 = http_expects_100(&s->request.fields, 1) == 1;

	s->wants_body = !s->ended && s->fault == 0 &&
	    x->web->wants_body != NULL && x->web->wants_body(x);
	x->body = (struct web_body){ .kind = s->request.body.kind,
		.left = s->request.body.length,
		.from_ms = s->t->now };
	h2_stream_is(s, H2_GATHERING);
	if (!is_awaited(s, expects_100))
		h2_stream_gathered(s);
	else if (s->wants_body && expects_100)
		h2_reply_continue(s);
}

int
h2_body_add(struct h2_stream *s, struct slice data)
{
	nghttp2_session *session = s->t->session;

	/* The connection's window is for all; a stream's holds back its own. */
	nghttp2_session_consume_connection(session, data.n);
	s->came += data.n;
	if (!s->wants_body) {
		if (s->came <= WEB_DRAIN_MAX)
			nghttp2_session_consume_stream(session, s->id, data.n);
		else
			h2_stream_gathered(s);
		return 0;
	}
	buf_adds(&s->body, data);
	if (s->body.n >= H2_GATHER)
		h2_stream_gathered(s);
	h2_stream_fed(s);
	return s->body.failed ? -1 : 0;
}

int
h2_body_next(struct exchange *x, struct slice *data, bool waits)
{
	/* The exchange is its first member. */
	struct h2_stream *s = (struct h2_stream *)x;

	if (s->given > 0) {
		buf_eat(&s->body, s->given);
		if (!s->gone)
			nghttp2_session_consume_stream(
			    s->t->session, s->id, s->given);
		s->given = 0;
	}
	*data = (struct slice){ NULL, 0 };
	while (s->body.n == 0 && !s->ended) {
		if (clock_ms() >= h2_stream_until(s))
			return CONN_TIMEOUT;
		if (!waits && !s->gone && s->wants_body)
			return WEB_BODY_LATER;
		if (s->gone || !s->wants_body || h2_turn(s->t) < 0) {
			errno = ECONNRESET;
			return CONN_ERROR;
		}
	}
	*data = buf_slice(&s->body);
	s->given = data->n;
	x->body.total += data->n;
	return data->n > 0;
}
