/*
 * h2_stream.c - a conversation in HTTP/2: one request and its reply.
 */
#include <stdlib.h>

#include "service/scoreboard.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/logfile.h"
#include "web/h1.h"
#include "web/h2.h"

static bool
is_timed(enum h2_state state)
{
	return state == H2_GATHERING || state == H2_WAITING ||
	    state == H2_PAUSED;
}

void
h2_stream_is(struct h2_stream *s, enum h2_state state)
{
	struct h2 *t = s->t;

	t->timed -= is_timed(s->state);
	t->active -= s->state == H2_REPLYING;
	s->state = state;
	t->timed += is_timed(state);
	t->active += state == H2_REPLYING;
}

/* One that served before has its memory still. */
static struct h2_stream *
allocate(struct h2 *t)
{
	struct h2_stream *s = t->spare;

	if (s != NULL) {
		t->spare = s->next;
		return s;
	}
	s = malloc(sizeof(*s)); /* large, and not to be cleared */
	if (s == NULL)
		return NULL;
	reply_init(&s->x.reply);
	buf_init(&s->head, 4 * HTTP_MAX_HEAD);
	buf_init(&s->cookie, HTTP_MAX_HEAD);
	buf_init(&s->body, H2_WINDOW);
	return s;
}

struct h2_stream *
h2_stream_new(struct h2 *t, int32_t id)
{
	struct h2_stream *s = allocate(t);
	struct reply reply;

	if (s == NULL)
		return NULL;
	reply = s->x.reply;
	s->x = (struct exchange){
		.c = t->c, .web = t->web, .r = &s->request, .reply = reply
	};
	s->t = t;
	s->id = id;
	s->state = H2_HEAD;
	s->queued = s->gone = s->ended = s->wants_body = false;
	s->fields = s->decoded = s->given = s->held = 0;
	s->came = 0;
	s->fault = 0;
	s->wake = (struct h2_wake){ .fd = -1 };
	s->blocked_ms = 0;
	s->next = s->after = NULL;
	s->before = t->last;
	*(t->last != NULL ? &t->last->after : &t->first) = s;
	t->last = s;
	t->open++;
	return s;
}

void
h2_stream_queue(struct h2_stream *s)
{
	struct h2 *t = s->t;

	if (s->queued)
		return;
	s->queued = true;
	s->next = NULL;
	*(t->queue != NULL ? &t->queue_end->next : &t->queue) = s;
	t->queue_end = s;
}

/* As in HTTP/1.1: some time, and more for what comes (h1_body.c). */
int64_t
h2_stream_until(const struct h2_stream *s)
{
	return s->x.body.from_ms + 2 * s->x.web->idle_ms +
	    (int64_t)(s->came * 1000 / WEB_BODY_RATE);
}

void
h2_stream_gathered(struct h2_stream *s)
{
	if (s->state != H2_GATHERING)
		return;
	h2_stream_is(s, H2_READY);
	h2_stream_queue(s);
}

bool
h2_stream_is_due(const struct h2 *t)
{
	return t->queue != NULL && t->held <= H2_HELD_MAX;
}

struct h2_stream *
h2_stream_next(struct h2 *t)
{
	struct h2_stream *s = t->queue;

	if (!h2_stream_is_due(t))
		return NULL;
	t->queue = s->next;
	s->queued = false;
	return s;
}

static void
unqueue(struct h2_stream *s)
{
	struct h2 *t = s->t;
	struct h2_stream *last = NULL, **at = &t->queue;

	if (!s->queued)
		return;
	for (; *at != s; at = &(*at)->next)
		last = *at;
	*at = s->next;
	if (t->queue_end == s)
		t->queue_end = last;
	s->queued = false;
}

void
h2_stream_wake(struct h2_stream *s)
{
	if (s->state == H2_WAITING) {
		h2_stream_queue(s);
	} else if (s->state == H2_PAUSED) {
		h2_stream_is(s, H2_REPLYING);
		nghttp2_session_resume_data(s->t->session, s->id);
	}
}

void
h2_stream_fed(struct h2_stream *s)
{
	if ((s->wake.what & REPLY_WAKE_BODY) != 0)
		h2_stream_wake(s);
}

void
h2_stream_reset(struct h2_stream *s, uint32_t error)
{
	nghttp2_submit_rst_stream(
	    s->t->session, NGHTTP2_FLAG_NONE, s->id, error);
}

/* What was answered, to its end or not, is told in the log. */
static void
tell(struct h2_stream *s)
{
	struct exchange *x = &s->x;
	struct h2 *t = s->t;

	scoreboard_count(x->reply.status >= 400, x->c->received - t->received,
	    x->c->sent - t->sent, clock_us() - x->began_us);
	t->received = x->c->received;
	t->sent = x->c->sent;
	if (logfile_is_on())
		web_log(x, t->client, &t->line);
	if (x->why != NULL && x->web->log_format != LOG_JSON)
		log_info("%s: %d: %s", t->client, x->reply.status, x->why);
}

void
h2_stream_closed(struct h2_stream *s)
{
	struct h2 *t = s->t;

	if (s->state == H2_ASKED) {
		s->gone = true;
		return;
	}
	if (s->state == H2_REPLYING || s->state == H2_PAUSED)
		tell(s);
	h2_stream_is(s, H2_HEAD);
	unqueue(s);
	t->held -= s->held;
	reply_begin(&s->x.reply, 0);
	*(s->before != NULL ? &s->before->after : &t->first) = s->after;
	*(s->after != NULL ? &s->after->before : &t->last) = s->before;
	buf_clear(&s->head);
	buf_clear(&s->cookie);
	buf_free(&s->body); /* seldom there, and large */
	s->next = t->spare;
	t->spare = s;
	if (--t->open == 0)
		t->idle_until = t->now + t->web->idle_ms;
}

void
h2_stream_free(struct h2_stream *s)
{
	reply_free(&s->x.reply);
	buf_free(&s->head);
	buf_free(&s->cookie);
	buf_free(&s->body);
	free(s);
}
