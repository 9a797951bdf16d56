/*
 * h2.c - a conversation in HTTP/2: whom the program answers next.
 */
#include "web/h2.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/http_fault.h"
#include "service/service.h"
#include "system/clock.h"
#include "system/log.h"
#include "web/h1.h"

#define LOG_LINE_MAX (4 * HTTP_MAX_HEAD + 4096) /* \xHH makes four of one */

/* ---- asking the program ---- */

/* There is no body, and so no request, but there can be an answer. */
static void
refuse(struct h2_stream *s, int status, const char *why)
{
	web_page(&s->x, status, why);
	s->t->conduct = status == 408 ? CONDUCT_SLOW : CONDUCT_RUDE;
	h2_reply(s);
}

static void
wait_for(struct h2_stream *s)
{
	const struct exchange *x = &s->x;

	s->wake = (struct h2_wake){ x->wake_fd,
		x->wake_ms < 0 ? CLOCK_NEVER : clock_ms() + x->wake_ms,
		x->wake_for };
	h2_stream_is(s, H2_WAITING);
}

/* What the program said. */
static void
answered(struct h2_stream *s, int status)
{
	struct exchange *x = &s->x;
	struct h2 *t = s->t;

	h2_stream_is(s, H2_READY);
	if (s->gone)
		h2_stream_closed(s);
	else if (status == WEB_LATER)
		wait_for(s);
	else if (status == CONN_TIMEOUT)
		refuse(s, 408, "request not complete in time");
	else if (status < 0)
		h2_stream_reset(s, NGHTTP2_CANCEL);
	else if (x->reply.status == 0)
		bug("a request was not answered: %.*s",
		    SLICE_FMT(s->request.line));
	else
		h2_reply(s);
	if (!s->gone && x->close)
		h2_leave(t);
}

static void
ask(struct h2_stream *s)
{
	bool again = s->state == H2_WAITING;
	const struct http_fault *fault;
	const char *why;
	int status;

	if (s->state != H2_READY && !again)
		return;
	if (s->fault != 0) {
		fault = http_fault(s->fault);
		if (h2_toll_malformed(s->t, &why))
			h2_end(s->t, NGHTTP2_ENHANCE_YOUR_CALM, why);
		refuse(s, fault->status, fault->why);
		return;
	}
	h2_stream_is(s, H2_ASKED);
	s->t->asked = s;
	status = again ? s->x.again(&s->x) : web_answer(&s->x);
	s->t->asked = NULL;
	answered(s, status);
}

/* ---- the session ---- */

static int
settle(struct h2 *t)
{
	static const nghttp2_settings_entry ours[] = {
		{ NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, H2_STREAMS },
		{ NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, H2_WINDOW },
		{ NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HTTP_MAX_HEAD },
		/* RFC 9218 alone */
		{ NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1 },
	};

	if (nghttp2_submit_settings(t->session, NGHTTP2_FLAG_NONE, ours,
		sizeof(ours) / sizeof(ours[0])) != 0)
		return -1;
	return nghttp2_session_set_local_window_size(
	    t->session, NGHTTP2_FLAG_NONE, 0, H2_WINDOW_ALL);
}

static int
open_session(struct h2 *t)
{
	nghttp2_session_callbacks *callbacks = NULL;
	nghttp2_option *option = NULL;
	int status = -1;

	if (nghttp2_session_callbacks_new(&callbacks) == 0 &&
	    nghttp2_option_new(&option) == 0) {
		h2_hear(callbacks);
		h2_reply_callbacks(callbacks);
		nghttp2_option_set_no_auto_window_update(option, 1);
		nghttp2_option_set_no_closed_streams(option, 1);
		nghttp2_option_set_builtin_recv_extension_type(
		    option, NGHTTP2_PRIORITY_UPDATE);
		status = nghttp2_session_server_new2(
		    &t->session, callbacks, t, option);
	}
	nghttp2_option_del(option);
	nghttp2_session_callbacks_del(callbacks);
	return status == 0 ? settle(t) : -1;
}

static void
free_all(struct h2 *t)
{
	struct h2_stream *s;

	while (t->first != NULL)
		h2_stream_closed(t->first);
	while ((s = t->spare) != NULL) {
		t->spare = s->next;
		h2_stream_free(s);
	}
	nghttp2_session_del(t->session);
	buf_free(&t->out);
	buf_free(&t->line);
}

int
h2_serve(struct conn *c, const struct service *service)
{
	struct h2 t = { .c = c,
		.web = service->context,
		.in_awaits = POLLIN,
		.head_until = CLOCK_NEVER,
		.conduct = CONDUCT_FINE };
	struct h2_stream *s;

	buf_init(&t.out, H2_OUT_MAX);
	buf_init(&t.line, LOG_LINE_MAX);
	addr_host(&c->peer, t.client);
	t.now = clock_ms();
	t.idle_until = t.now + t.web->idle_ms;
	if (open_session(&t) < 0) {
		log_error("%s", strerror(ENOMEM));
		return CONDUCT_FINE;
	}
	while (h2_turn(&t) == 0)
		while ((s = h2_stream_next(&t)) != NULL)
			ask(s);
	if (t.why != NULL)
		log_info("%s: HTTP/2: %s", t.client, t.why);
	free_all(&t);
	return t.conduct;
}
