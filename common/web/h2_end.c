/*
 * h2_end.c - a conversation in HTTP/2: how it ends.
 *
 * In order (RFC 9113 6.8): what was asked is answered, and the client is told
 * what was not, so that it can ask somebody else.  Or for its own fault.
 */
#include "web/h2.h"

void
h2_end(struct h2 *t, uint32_t error, const char *why)
{
	if (t->why != NULL)
		return;
	t->why = why;
	t->conduct = CONDUCT_RUDE;
	nghttp2_session_terminate_session(t->session, error);
}

void
h2_leave(struct h2 *t)
{
	if (t->leaving)
		return;
	t->leaving = true;
	nghttp2_submit_goaway(t->session, NGHTTP2_FLAG_NONE,
	    nghttp2_session_get_last_proc_stream_id(t->session),
	    NGHTTP2_NO_ERROR, NULL, 0);
}

void
h2_announce(struct h2 *t)
{
	if (t->told)
		return;
	t->told = true;
	t->goaway_at = t->now + H2_GOAWAY_MS;
	if (!t->leaving)
		nghttp2_submit_shutdown_notice(t->session);
}

void
h2_drain(struct h2 *t)
{
	if (t->draining)
		return;
	t->draining = true;
	h2_announce(t);
	for (struct h2_stream *s = t->first; s != NULL; s = s->after)
		h2_stream_wake(s);
}
