/*
 * h1.c - a conversation in HTTP/1.1: the loop.
 */
#include "web/h1.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/log_line.h"
#include "service/scoreboard.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/logfile.h"

enum step { GO_ON, STOP };

static void
forget(struct h1 *t)
{
	struct exchange *x = &t->x;

	x->close = false;
	x->hung_up = false;
	x->sent = 0;
	x->why = NULL;
	x->user_n = 0;
	x->upstream = NULL;
	x->body.kind = HTTP_BODY_NONE;
	x->talk = NULL;
	x->depends = 0;
}

/*
 * The exchange is over: log it.  sent is what the reply came to.  Of what is
 * still in the buffer, the first n bytes belong to it: what else came already
 * is the next one's, and is counted with it.
 */
static enum step
over(struct h1 *t, int sent, size_t n)
{
	struct exchange *x = &t->x;
	uint64_t received = x->c->received - x->c->in.n + n;

	scoreboard_count(x->reply.status >= 400, received - t->received,
	    x->c->sent - t->sent, clock_us() - x->began_us);
	t->received = received;
	t->sent = x->c->sent;
	if (logfile_is_on() && (!t->is_tls || x->web->log_format == LOG_JSON))
		web_log(x, t->client, &t->line);
	if (x->why != NULL && x->web->log_format != LOG_JSON &&
	    x->web->log_format != LOG_SHORT)
		log_info("%s: %d: %s", t->client, x->reply.status, x->why);
	reply_begin(&x->reply, 0); /* nothing is held while we wait */
	if (sent < 0) {
		t->conduct = sent == CONN_TIMEOUT ? CONDUCT_SLOW : CONDUCT_GONE;
		return STOP;
	}
	return x->close ? STOP : GO_ON;
}

static enum step
refuse(struct h1 *t, int code)
{
	const struct http_fault *fault = http_fault(code);

	/* An honest mistake, and what browsers do who knew us with https://.
	 * The line that says why is the only one: what came is for no eyes. */
	t->is_tls = code == HTTP_IS_TLS;
	t->conduct = t->is_tls ? CONDUCT_FINE : CONDUCT_RUDE;
	t->x.began_us = clock_us();
	web_refuse(&t->x, fault->status, fault->why);
	return over(t, h1_reply(t), t->x.c->in.n);
}

/* Some bytes came and then no more in time, RFC 9110 15.5.9. */
static enum step
too_slow(struct h1 *t)
{
	t->conduct = CONDUCT_SLOW;
	t->x.began_us = clock_us();
	web_refuse(&t->x, 408, "request not complete in time");
	over(t, h1_reply(t), t->x.c->in.n);
	return STOP;
}

static enum step
after_body_fault(struct h1 *t, int status)
{
	if (status <= WEB_BODY_FAULT)
		return refuse(t, status - WEB_BODY_FAULT);
	if (status == CONN_TIMEOUT)
		return too_slow(t);
	t->conduct = CONDUCT_GONE; /* never complete, so never a request */
	return STOP;
}

/* The program wants to answer later: see web_later(). */
static int
later(struct exchange *x)
{
	int64_t ms = x->wake_ms;
	unsigned what = h1_wait_for(!x->hung_up, x->wake_for);
	int seen;

	/* It knows, and wants to wait all the same. */
	if (conn_draining() && x->close)
		what |= CONN_PATIENT;
	conn_deadline(x->c, ms + WEB_SEND_MS);
	seen = conn_wait(x->c, what, x->wake_fd, ms);
	if (seen == CONN_ERROR)
		return seen;
	if (seen == CONN_DRAIN)
		x->close = true;
	else if ((seen & CONN_HUNG_UP) != 0 && x->hung_up)
		return CONN_ERROR; /* both ways */
	else if ((seen & CONN_HUNG_UP) != 0)
		x->hung_up = true;
	return x->again(x);
}

/* The program talks on by itself: see web_upgrade(). */
static enum step
upgrade(struct h1 *t, size_t n)
{
	struct exchange *x = &t->x;
	int status;

	x->close = false; /* this reply says nothing of the end */
	if (!h1_keep_head(t, n)) {
		errno = ENOMEM;
		return after_body_fault(t, CONN_ERROR);
	}
	status = h1_reply(t);
	x->close = true;
	if (status == 0)
		t->conduct = x->talk(x->c, x->reply.own);
	return over(t, status, 0);
}

/* Answer the request whose head is complete; it is n bytes long. */
static enum step
answer(struct h1 *t, size_t n)
{
	struct exchange *x = &t->x;
	bool has_body = t->request.body.kind != HTTP_BODY_NONE;
	int status = 0;
	enum step next;

	x->began_us = clock_us();
	x->close = !t->request.keep_alive;
	if (has_body) {
		if (!h1_keep_head(t, n)) {
			errno = ENOMEM;
			return after_body_fault(t, CONN_ERROR);
		}
		h1_body_begin(x);
		if (x->web->wants_body == NULL || !x->web->wants_body(x))
			status = h1_body_drain(x);
		if (status < 0)
			return after_body_fault(t, status);
	}
	if (!x->close && conn_is_to_end(x->c))
		x->close = true;
	status = web_answer(x);
	while (status == WEB_LATER)
		status = later(x);
	if (status < 0)
		return after_body_fault(t, status);
	if (x->reply.status == 0)
		bug("a request was not answered: %.*s",
		    SLICE_FMT(t->request.line));
	if (x->talk != NULL)
		return upgrade(t, n);
	if (has_body)
		n = x->body.to_eat;
	next = over(t, h1_reply(t), n);
	if (!h1_body_is_done(x))
		return STOP;
	x->c->last_asked = !t->request.keep_alive;
	buf_eat(&x->c->in, n);
	return next;
}

static enum step
exchange(struct h1 *t)
{
	ssize_t end = CONN_EOF;
	long n;

	forget(t);
	if (!h1_await(t))
		return STOP;
	n = h1_read_head(t, &end);
	if (n < 0)
		return refuse(t, (int)n);
	if (n > 0)
		return answer(t, (size_t)n);
	if (end == CONN_TIMEOUT)
		return too_slow(t);
	t->conduct = CONDUCT_GONE;
	return STOP;
}

int
h1_serve(struct conn *c, const struct service *service)
{
	struct h1 *t = malloc(sizeof(*t)); /* large, and not to be cleared */
	int conduct;

	if (t == NULL) {
		log_error("%s", strerror(ENOMEM));
		return CONDUCT_FINE;
	}
	t->x = (struct exchange){
		.c = c, .web = service->context, .r = &t->request
	};
	reply_init(&t->x.reply);
	t->conduct = CONDUCT_FINE;
	t->is_tls = false;
	t->received = t->sent = 0;
	buf_init(&t->head, 2 * REPLY_FIELDS_MAX);
	buf_init(&t->kept, CONN_IN_MAX);
	buf_init(&t->line, LOG_LINE_ROOM);
	addr_host(&c->peer, t->client);
	while (exchange(t) == GO_ON)
		;
	reply_free(&t->x.reply);
	buf_free(&t->head);
	buf_free(&t->kept);
	buf_free(&t->line);
	conduct = t->conduct;
	free(t);
	return conduct;
}
