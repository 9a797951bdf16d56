/*
 * h2_time.c - a conversation in HTTP/2: how long who may take.
 *
 * The limits are those of HTTP/1.1: idle_ms between requests, WEB_HEAD_MS for a
 * head, and for bodies and replies a pace that the client must keep.  That of
 * replies is kept by the connection as a whole, and by each stream for as long
 * as its own window is shut.
 */
#include "system/clock.h"
#include "web/h2.h"

#define LOOK_MS   1000        /* for streams whose windows are shut */
#define LOOKS     16          /* whether more was taken, in a period */
#define PATIENT   3600000     /* when nothing is due */
#define BEHIND_MS WEB_SEND_MS /* the alarm's, when no pace is kept */

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
send_patience(const struct h2 *t)
{
	int64_t ms = 2 * t->web->idle_ms;

	return ms < WEB_SEND_MS ? ms : WEB_SEND_MS;
}

/* Bytes a second; half of what --throttle would let through. */
static uint64_t
send_rate(const struct h2 *t)
{
	uint64_t half = t->web->bytes_a_second / 2;

	return half > 0 && half < WEB_SEND_RATE ? half + 1 : WEB_SEND_RATE;
}

static bool
too_slow(struct h2 *t)
{
	t->conduct = CONDUCT_SLOW;
	return false;
}

static int64_t
pace_look(const struct h2 *t)
{
	return send_patience(t) / LOOKS + 1;
}

/*
 * The connection as a whole: does it keep the pace?  What was taken counts from
 * when it was, as in conn_send.c, so we look now and then, and not only when
 * the deadline has come.
 */
static bool
keeps_pace(struct h2 *t)
{
	bool busy = t->active > 0 || t->blocked, earned;

	if (busy && !t->busy)
		conn_pace(t->c, send_patience(t), send_rate(t));
	if (busy && !t->busy)
		t->paced_ms = t->now;
	t->busy = busy;
	if (!busy ||
	    t->now < sooner(t->paced_ms + pace_look(t), t->c->deadline))
		return true;
	t->paced_ms = t->now;
	earned = conn_earns_time(t->c);
	return earned || t->now < t->c->deadline || too_slow(t);
}

/* A stream whose own window is shut, while others go on. */
static void
look_at(struct h2_stream *s, int64_t passed)
{
	struct h2 *t = s->t;
	int64_t most =
	    send_patience(t) + (int64_t)(s->x.sent / send_rate(t)) * 1000;

	if (s->state != H2_REPLYING ||
	    nghttp2_session_get_stream_remote_window_size(t->session, s->id) >
		0)
		return;
	s->blocked_ms += passed;
	if (s->blocked_ms <= most)
		return;
	s->x.why = "the client did not take the reply";
	t->conduct = CONDUCT_SLOW;
	h2_stream_reset(s, NGHTTP2_CANCEL);
}

static void
look_for_blocked(struct h2 *t)
{
	int64_t passed = t->now - t->looked_ms;

	if (t->active == 0)
		t->looked_ms = t->now;
	if (t->active == 0 || passed < LOOK_MS)
		return;
	t->looked_ms = t->now;
	for (struct h2_stream *s = t->first; s != NULL; s = s->after)
		look_at(s, passed);
}

/* What waits: is it time?  Returns when it will be. */
static int64_t
wake(struct h2_stream *s)
{
	struct h2 *t = s->t;

	if (s->state == H2_GATHERING && t->now >= h2_stream_until(s)) {
		/* The program hears of it by web_body_next(). */
		h2_stream_gathered(s);
		return t->now;
	}
	if (s->state == H2_GATHERING)
		return h2_stream_until(s);
	if (s->state != H2_WAITING && s->state != H2_PAUSED)
		return CLOCK_NEVER;
	if (s->queued || t->now < s->wake.at)
		return s->queued ? CLOCK_NEVER : s->wake.at;
	h2_stream_wake(s);
	return t->now;
}

static int64_t
wake_all(struct h2 *t)
{
	int64_t due = CLOCK_NEVER;

	for (struct h2_stream *s = t->timed > 0 ? t->first : NULL; s != NULL;
	     s = s->after)
		due = sooner(due, wake(s));
	return due;
}

/* Who came in while the end is announced is answered once, as over HTTP/1.1. */
static bool
was_asked(const struct h2 *t)
{
	return nghttp2_session_get_last_proc_stream_id(t->session) > 0;
}

int64_t
h2_time(struct h2 *t)
{
	int64_t due;

	t->now = clock_ms();
	if (t->now >= t->head_until) {
		too_slow(t);
		return -1;
	}
	if (t->open == 0 && t->now >= t->idle_until)
		h2_leave(t);
	if (conn_is_to_end(t->c) && was_asked(t))
		h2_announce(t);
	if (t->told && t->now >= t->goaway_at)
		h2_leave(t);
	if (!keeps_pace(t))
		return -1;
	look_for_blocked(t);
	due = sooner(wake_all(t), t->head_until);
	if (t->asked != NULL)
		due = sooner(due, h2_stream_until(t->asked));
	if (t->open == 0 && !t->leaving)
		due = sooner(due, t->idle_until);
	if (t->told && !t->leaving)
		due = sooner(due, t->goaway_at);
	if (t->active > 0)
		due = sooner(due, t->now + LOOK_MS);
	if (t->busy)
		due = sooner(due, t->paced_ms + pace_look(t));
	due = sooner(due, t->now + PATIENT);
	if (!t->busy)
		conn_deadline(t->c, due - t->now + BEHIND_MS);
	return due > t->now ? due - t->now : 0;
}
