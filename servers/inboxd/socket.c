/*
 * socket.c - what happens, told over a WebSocket.
 */
#include "inboxd/socket.h"

#include <stdlib.h>

#include "grammar/http_fields.h"
#include "grammar/websocket.h"
#include "inboxd/changes.h"
#include "inboxd/feed.h"
#include "inboxd/inbox.h"
#include "system/clock.h"

#define PING_MS  20000 /* a ping so often, to notice who is gone */
#define GONE_MS  60000 /* without a word for so long: gone */
#define OUT_MAX  (8 << 20)
#define TEXT_MAX (8 << 20) /* of one event */
#define LEAVE_MS 2000      /* for the answer to our close */

struct socket {
	const struct socket_events *events;
	struct feed feed;
	struct websocket in;
	struct buf out;  /* frames that are to be sent */
	struct buf text; /* of one of them */
	int64_t ping_at, heard_at;
	bool over;
	bool heard_close; /* and nothing comes any more */
	int conduct;
};

static void
tell(void *with, enum snapshot_event what, const struct index_row *row,
    const struct index_counts *counts)
{
	struct socket *s = with;

	buf_clear(&s->text);
	s->events->tell(&s->text, what, row, counts);
	if (s->text.n > 0 && !s->text.failed)
		websocket_put(&s->out, WEBSOCKET_TEXT, buf_slice(&s->text));
}

static void
look(struct socket *s)
{
	feed_look(&s->feed, tell, s);
	if (s->feed.absent)
		return; /* it is being made anew */
	if (!s->out.failed)
		return;
	/* More than a client can be told at once: let it look for itself. */
	buf_clear(&s->out);
	tell(s, SNAPSHOT_RESET, NULL, NULL);
}

static void
leave(struct socket *s, int why)
{
	websocket_put_close(&s->out, why);
	s->over = true;
}

static void
obey(struct socket *s, const struct websocket_frame *f)
{
	switch (f->opcode) {
	case WEBSOCKET_PING:
		websocket_put(&s->out, WEBSOCKET_PONG, f->payload);
		break;
	case WEBSOCKET_CLOSE:
		s->heard_close = true;
		leave(s, websocket_close_why(f->payload));
		break;
	default:
		break; /* it may talk; nobody listens */
	}
}

/* Take in what the client has sent. */
static void
hear(struct socket *s, struct conn *c)
{
	struct websocket_frame f;
	long n = 1;

	while (!s->over && c->in.n > 0 && n > 0) {
		n = websocket_take(&s->in, c->in.p, c->in.n, &f);
		if (n > 0) {
			obey(s, &f);
			buf_eat(&c->in, (size_t)n);
		} else if (n < 0) {
			s->conduct = CONDUCT_RUDE;
			leave(s, (int)-n);
		}
	}
}

static int
send_out(struct socket *s, struct conn *c)
{
	int status = 0;

	if (s->out.n > 0) {
		conn_pace(c, WEB_SEND_MS, WEB_SEND_RATE);
		status = conn_say(c, buf_slice(&s->out));
	}
	buf_clear(&s->out);
	return status;
}

static void
keep_alive(struct socket *s)
{
	int64_t now = clock_ms();

	if (changes_lost()) {
		leave(s, WEBSOCKET_GOING_AWAY);
	} else if (now - s->heard_at >= GONE_MS) {
		s->conduct = CONDUCT_SLOW;
		leave(s, WEBSOCKET_GOING_AWAY);
	} else if (now >= s->ping_at) {
		websocket_put(
		    &s->out, WEBSOCKET_PING, (struct slice){ NULL, 0 });
		s->ping_at = now + PING_MS;
	}
}

/* Wait until there is something to do.  Returns 0 or a conn_status. */
static int
await(struct socket *s, struct conn *c)
{
	int64_t ms = feed_wait_ms(&s->feed, clock_left_ms(s->ping_at));
	ssize_t n;
	int seen;

	conn_deadline(c, ms + WEB_SEND_MS);
	seen = conn_wait(c, CONN_READABLE, s->feed.watch, ms);
	if (seen == CONN_DRAIN) {
		leave(s, WEBSOCKET_GOING_AWAY);
		return 0;
	}
	if (seen < 0)
		return seen;
	if ((seen & (CONN_READABLE | CONN_HUNG_UP)) == 0)
		return 0;
	n = conn_fill(c);
	if (n <= 0)
		return n == CONN_EOF ? CONN_ERROR : (int)n;
	s->heard_at = clock_ms();
	return 0;
}

/*
 * It hears our close and may answer it.  Who said it first has the answer, and
 * waits for the end of the connection (RFC 6455 7.1.1).
 */
static void
wait_for_end(struct conn *c)
{
	conn_deadline(c, LEAVE_MS);
	buf_clear(&c->in);
	if (!c->eof)
		conn_fill(c);
}

static int
talk(struct conn *c, void *own)
{
	struct socket *s = own;

	s->heard_at = clock_ms();
	s->ping_at = s->heard_at + PING_MS;
	while (!s->over) {
		look(s);
		hear(s, c);
		if (send_out(s, c) < 0)
			return CONDUCT_GONE;
		if (s->over)
			break;
		if (await(s, c) < 0)
			return CONDUCT_GONE;
		keep_alive(s);
	}
	if (send_out(s, c) == 0 && !s->heard_close)
		wait_for_end(c);
	return s->conduct;
}

static void
done(void *own)
{
	struct socket *s = own;

	feed_close(&s->feed);
	buf_free(&s->out);
	buf_free(&s->text);
	free(s);
}

/* RFC 6455 11.3.1, 11.3.5: which of two would be meant? */
static bool
is_once(struct exchange *x, const char *name)
{
	if (http_count(&x->r->fields, name) <= 1)
		return true;
	web_text(x, 400, "Sec-WebSocket-Key, -Version: more than one");
	return false;
}

/* RFC 6455 4.2.1.  Returns 0, or 1 when a reply has been made. */
static int
is_handshake(struct exchange *x, char answer[WEBSOCKET_KEY_MAX])
{
	const struct http_fields *fields = &x->r->fields;

	if (x->r->method != HTTP_GET ||
	    !http_has(fields, "Connection", "upgrade") ||
	    !http_has(fields, "Upgrade", "websocket")) {
		web_text(x, 426, "this is for WebSocket");
		web_fieldz(x, "Connection", "Upgrade");
		web_fieldz(x, "Upgrade", "websocket");
		return 1;
	}
	if (!is_once(x, "Sec-WebSocket-Version") ||
	    !is_once(x, "Sec-WebSocket-Key"))
		return 1;
	if (!slice_is(web_get(x, "Sec-WebSocket-Version"), "13")) {
		web_text(x, 426, "WebSocket: only version 13 is spoken");
		web_fieldz(x, "Sec-WebSocket-Version", "13");
		return 1;
	}
	if (websocket_accept(web_get(x, "Sec-WebSocket-Key"), answer) < 0)
		return web_text(x, 400,
			   "Sec-WebSocket-Key: not 16 bytes in base64") +
		    1;
	return 0;
}

int
socket_answer(struct exchange *x, const struct socket_events *events)
{
	char answer[WEBSOCKET_KEY_MAX];
	struct socket *s;

	if (is_handshake(x, answer) != 0)
		return 0;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return inbox_error(x, 500, "no memory");
	s->events = events;
	buf_init(&s->out, OUT_MAX);
	buf_init(&s->text, TEXT_MAX);
	if (feed_open(x, &s->feed) != 0) {
		done(s);
		return 0;
	}
	web_upgrade(x, "websocket", talk, done, s);
	if (x->talk != NULL)
		web_fieldz(x, "Sec-WebSocket-Accept", answer);
	return 0;
}
