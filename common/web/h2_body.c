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

static int64_t
patience(const struct web *web)
{
	int64_t ms = 2 * web->idle_ms;

	return ms < WEB_BODY_MS ? ms : WEB_BODY_MS;
}

void
h2_body_begin(struct h2_stream *s)
{
	struct exchange *x = &s->x;

	s->wants_body = !s->ended && s->fault == 0 &&
	    x->web->wants_body != NULL && x->web->wants_body(x);
	if (!s->wants_body) {
		h2_stream_is(s, H2_READY);
		h2_stream_queue(s);
		return;
	}
	s->until_ms = s->t->now + patience(x->web);
	h2_stream_is(s, H2_GATHERING);
	/* judge_fields() knew of no body yet. */
	if (http_expects_100(&s->request.fields, 1) == 1)
		h2_reply_continue(s);
}

int
h2_body_add(struct h2_stream *s, struct slice data)
{
	nghttp2_session *session = s->t->session;

	/* The connection's window is for all; a stream's holds back its own. */
	nghttp2_session_consume_connection(session, data.n);
	if (!s->wants_body) {
		s->waste += data.n;
		if (s->waste <= WEB_DRAIN_MAX)
			nghttp2_session_consume_stream(session, s->id, data.n);
		return 0;
	}
	buf_adds(&s->body, data);
	return s->body.failed ? -1 : 0;
}

int
h2_body_next(struct exchange *x, struct slice *data)
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
		if (clock_ms() >= s->until_ms)
			return CONN_TIMEOUT;
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
