/*
 * h2_turn.c - a conversation in HTTP/2: send, receive, wait.
 *
 * Nothing is copied between nghttp2 and the socket but into one buffer of
 * frames, which goes out in few large sends.
 */
#include <errno.h>
#include <poll.h>

#include "system/clock.h"
#include "system/log.h"
#include "web/h2.h"

#define SLICE_MS 50 /* how often --throttle sends */

/* ---- send ---- */

/* Frames to t->out, until it is full or there are none. */
static int
make_frames(struct h2 *t)
{
	while (t->out.n < H2_OUT) {
		const uint8_t *p;
		size_t before = t->out.n;
		ssize_t n = nghttp2_session_mem_send(t->session, &p);

		if (n < 0)
			return -1;
		if (n == 0 && t->out.n == before)
			return 0;
		buf_add(&t->out, p, (size_t)n);
		if (t->out.failed)
			return -1;
	}
	return 0;
}

/* How much of it may go now; --throttle lets little by, and seldom. */
static size_t
ration(struct h2 *t, size_t n)
{
	uint64_t most = t->web->bytes_a_second * SLICE_MS / 1000;

	if (t->web->bytes_a_second == 0)
		return n;
	if (clock_ms() < t->send_at)
		return 0;
	t->send_at = clock_ms() + SLICE_MS;
	most = most < 1 ? 1 : most;
	return n < most ? n : (size_t)most;
}

static int
send_frames(struct h2 *t)
{
	t->blocked = false;
	while (t->out_at < t->out.n) {
		size_t n = ration(t, t->out.n - t->out_at);
		ssize_t put = n == 0 ?
		    0 :
		    conn_send_now(
			t->c, (struct slice){ t->out.p + t->out_at, n });

		t->blocked = put == 0 || (put < 0 && errno == EAGAIN);
		t->out_awaits = t->c->awaits;
		if (t->blocked)
			return 0;
		if (put < 0 && errno != EINTR)
			return -1;
		t->out_at += put > 0 ? (size_t)put : 0;
	}
	buf_clear(&t->out);
	t->out_at = 0;
	return 0;
}

static int
send_all(struct h2 *t)
{
	do {
		if (!t->blocked && make_frames(t) < 0)
			return -1;
		if (send_frames(t) < 0)
			return -1;
	} while (!t->blocked && nghttp2_session_want_write(t->session));
	return 0;
}

/* ---- receive ---- */

static int
fault(struct h2 *t, ssize_t error)
{
	switch (error) {
	case NGHTTP2_ERR_FLOODED:
	case NGHTTP2_ERR_TOO_MANY_CONTINUATIONS:
		h2_end(
		    t, NGHTTP2_ENHANCE_YOUR_CALM, nghttp2_strerror((int)error));
		break;
	default:
		h2_end(t, NGHTTP2_PROTOCOL_ERROR, nghttp2_strerror((int)error));
		break;
	}
	send_all(t);
	return -1;
}

/* Those that wait may want to know that the client sends no more. */
static void
hang_up(struct h2 *t)
{
	for (struct h2_stream *s = t->first; s != NULL; s = s->after) {
		s->x.hung_up = true;
		if (s->state == H2_HEAD || s->state == H2_GATHERING)
			h2_stream_reset(s, NGHTTP2_CANCEL);
		h2_stream_wake(s);
	}
}

/*
 * Nothing is under way, so that only bytes of the client can end the wait, or
 * its time, or the master.
 */
static bool
is_idle(const struct h2 *t)
{
	return t->open == 0 && !t->blocked && !t->told && !t->leaving &&
	    !t->c->eof && t->head_until == CLOCK_NEVER;
}

/* That wait, by one system call instead of five. */
static ssize_t
await(struct h2 *t)
{
	ssize_t got;

	t->busy = false;
	conn_deadline(t->c, t->idle_until - t->now);
	got = conn_await(t->c);
	t->now = clock_ms();
	if (got == CONN_DRAIN)
		h2_drain(t);
	if (got != CONN_DRAIN && got != CONN_TIMEOUT)
		return got;
	errno = EAGAIN;
	return CONN_ERROR;
}

/* Returns how much came, 0 for nothing yet, or -1. */
static ssize_t
receive(struct h2 *t, bool waits)
{
	struct conn *c = t->c;
	bool eof = c->eof;
	ssize_t got, took;

	if (c->in.n > 0)
		got = (ssize_t)c->in.n;
	else
		got = waits ? await(t) : conn_fill_now(c);
	t->in_awaits = c->awaits;
	if (got == CONN_EOF && !eof)
		hang_up(t);
	if (got == CONN_EOF)
		return 0;
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	took = nghttp2_session_mem_recv(
	    t->session, (const uint8_t *)c->in.p, c->in.n);
	buf_clear(&c->in);
	return took < 0 ? fault(t, took) : got;
}

/* ---- wait ---- */

static short
events_of(const struct h2_wake *w)
{
	return (w->what & REPLY_WAKE_ROOM) != 0 ? POLLIN | POLLOUT : POLLIN;
}

/* Everybody's descriptors behind the connection's own. */
static size_t
gather(struct h2 *t, struct pollfd *p)
{
	size_t n = 1;

	for (struct h2_stream *s = t->timed > 0 ? t->first : NULL; s != NULL;
	     s = s->after)
		if ((s->state == H2_WAITING || s->state == H2_PAUSED) &&
		    !s->queued && s->wake.fd >= 0)
			p[n++] = (struct pollfd){ .fd = s->wake.fd,
				.events = events_of(&s->wake) };
	return n;
}

static void
wake_readable(struct h2 *t, const struct pollfd *p)
{
	size_t n = 1;

	for (struct h2_stream *s = t->timed > 0 ? t->first : NULL; s != NULL;
	     s = s->after)
		if ((s->state == H2_WAITING || s->state == H2_PAUSED) &&
		    !s->queued && s->wake.fd >= 0 && p[n++].revents != 0)
			h2_stream_wake(s);
}

static int
wait_for_any(struct h2 *t, int64_t ms)
{
	struct pollfd p[1 + H2_STREAMS];
	size_t n = gather(t, p);
	int got;

	p[0] = (struct pollfd){ .events = t->c->eof ? 0 : t->in_awaits };
	if (t->blocked && t->web->bytes_a_second == 0)
		p[0].events |= t->out_awaits;
	else if (t->blocked && ms > SLICE_MS)
		ms = SLICE_MS;
	got = conn_wait_any(t->c, p, n, ms, !t->draining);
	if (got == CONN_DRAIN) {
		h2_drain(t);
		return 0;
	}
	if (got < 0)
		return -1;
	/* Nothing can be sent to who has gone both ways. */
	if (t->c->eof && (p[0].revents & (POLLERR | POLLHUP)) != 0)
		return -1;
	if (got > 0 && n > 1)
		wake_readable(t, p);
	return 0;
}

/* Is everything said, or can nothing more be? */
static bool
is_over(const struct h2 *t)
{
	if (t->blocked)
		return false;
	if (!nghttp2_session_want_read(t->session) &&
	    !nghttp2_session_want_write(t->session))
		return true;
	/* Windows that are shut will not open when the client has ended. */
	return t->open == 0 ?
	    t->leaving || t->c->eof :
	    t->c->eof && t->timed == 0 && !h2_stream_is_due(t);
}

int
h2_turn(struct h2 *t)
{
	int64_t ms = h2_time(t);
	ssize_t got;
	bool idle;

	if (ms < 0)
		return -1;
	if (send_all(t) < 0) {
		t->conduct = CONDUCT_GONE;
		return -1;
	}
	if (is_over(t))
		return -1;
	idle = is_idle(t);
	got = receive(t, idle);
	/* Who is to be asked need not wait for others; while the program reads
	 * on in a body, nobody can be. */
	if (got == 0 && !idle && (!h2_stream_is_due(t) || t->asked != NULL))
		got = wait_for_any(t, ms);
	if (got < 0 && t->conduct == CONDUCT_FINE)
		t->conduct = CONDUCT_GONE;
	return got < 0 ? -1 : 0;
}
