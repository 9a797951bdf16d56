/*
 * web.c - a conversation in HTTP/1.1: the loop.
 */
#include "web/web.h"

#include <errno.h>
#include <string.h>

#include "service/scoreboard.h"
#include "web/web_inside.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/logfile.h"

#define LOG_LINE_MAX (4 * HTTP_MAX_HEAD + 4096) /* \xHH makes four of one */
#define LOOK_AGAIN   4096 /* bytes without a line end before a new look */

/* What lives as long as the connection. */
struct talk {
	struct exchange x;
	struct http_request request;
	struct buf head; /* of the reply */
	struct buf kept; /* the request's head while its body is read */
	struct buf line; /* of the log */
	char client[ADDR_MAX_TEXT];
	int conduct;
	uint64_t received, sent; /* of the conn's, what is on the scoreboard */
};

enum step { GO_ON, STOP };

static void
forget(struct talk *t)
{
	struct exchange *x = &t->x;

	x->close = false;
	x->status = 0;
	x->sent = 0;
	x->why = NULL;
	x->user = (struct slice){ NULL, 0 };
	x->body.kind = HTTP_BODY_NONE;
}

/* The exchange is over: log it.  sent is what the reply came to. */
static enum step
over(struct talk *t, int sent)
{
	struct exchange *x = &t->x;

	scoreboard_count(x->status >= 400, x->c->received - t->received,
	    x->c->sent - t->sent);
	t->received = x->c->received;
	t->sent = x->c->sent;
	if (logfile_is_on())
		web_log(x, t->client, &t->line);
	if (x->why != NULL && x->web->log_format != LOG_JSON)
		log_info("%s: %d: %s", t->client, x->status, x->why);
	if (sent < 0) {
		t->conduct = sent == CONN_TIMEOUT ? CONDUCT_SLOW : CONDUCT_GONE;
		return STOP;
	}
	return x->close ? STOP : GO_ON;
}

static enum step
refuse(struct talk *t, int code)
{
	const struct http_fault *fault = http_fault(code);

	t->conduct = CONDUCT_RUDE;
	t->x.began_us = clock_us();
	return over(t, web_refuse(&t->x, fault->status, fault->why));
}

/* Some bytes came and then no more in time, RFC 9110 15.5.9. */
static enum step
too_slow(struct talk *t)
{
	t->conduct = CONDUCT_SLOW;
	t->x.began_us = clock_us();
	over(t, web_refuse(&t->x, 408, "request not complete in time"));
	return STOP;
}

/*
 * Wait for the beginning of a request.  Returns whether there is one.
 */
static bool
await(struct talk *t)
{
	struct conn *c = t->x.c;

	if (c->in.n > 0)
		return true;
	conn_deadline(c, t->x.web->idle_ms);
	return conn_idle(c) > 0;
}

/*
 * Read on until the head can be judged.  Returns what http_request_parse()
 * says, or 0 with *end the conn_status that ended it.
 */
static long
read_head(struct talk *t, ssize_t *end)
{
	struct conn *c = t->x.c;
	int64_t idle_ms = t->x.web->idle_ms;
	size_t looked = 0, unread;
	long n;

	n = http_request_parse(
	    buf_slice(&c->in), &t->x.web->rules, &t->request);
	if (n != 0)
		return n;
	conn_deadline(c, idle_ms < WEB_HEAD_MS ? idle_ms : WEB_HEAD_MS);
	for (looked = c->in.n; n == 0;) {
		*end = conn_fill(c);
		/* Not all may have been judged; what was has moved, and the
		 * log tells it. */
		if (*end <= 0)
			return http_request_parse(
			    buf_slice(&c->in), &t->x.web->rules, &t->request);
		unread = c->in.n - looked;
		/* Without a line end there is seldom anything to find. */
		if (unread < LOOK_AGAIN &&
		    memchr(c->in.p + looked, '\n', unread) == NULL)
			continue;
		looked = c->in.n;
		n = http_request_parse(
		    buf_slice(&c->in), &t->x.web->rules, &t->request);
	}
	return n;
}

/*
 * While a body is read conn->in moves, so the head is kept elsewhere.
 */
static bool
keep_head(struct talk *t, size_t n)
{
	struct buf *kept = &t->kept;

	buf_clear(kept);
	buf_add(kept, t->x.c->in.p, n);
	buf_eat(&t->x.c->in, n);
	return !kept->failed &&
	    http_request_parse(
		buf_slice(kept), &t->x.web->rules, &t->request) == (long)n;
}

static enum step
after_body_fault(struct talk *t, int status)
{
	if (status <= WEB_BODY_FAULT)
		return refuse(t, status - WEB_BODY_FAULT);
	if (status == CONN_TIMEOUT)
		return too_slow(t);
	t->conduct = CONDUCT_GONE; /* never complete, so never a request */
	return STOP;
}

/* Answer the request whose head is complete; it is n bytes long. */
static enum step
answer(struct talk *t, size_t n)
{
	struct exchange *x = &t->x;
	bool has_body = t->request.body.kind != HTTP_BODY_NONE;
	int status = 0;
	enum step next;

	x->began_us = clock_us();
	x->close = !t->request.keep_alive;
	if (has_body) {
		if (!keep_head(t, n)) {
			errno = ENOMEM;
			return after_body_fault(t, CONN_ERROR);
		}
		web_body_begin(x);
		if (x->web->wants_body == NULL || !x->web->wants_body(x))
			status = web_body_drain(x);
		if (status < 0)
			return after_body_fault(t, status);
	}
	if (conn_draining())
		x->close = true;
	status = x->web->answer(x);
	if (status < 0 && x->status == 0)
		return after_body_fault(t, status);
	if (x->status == 0)
		bug("a request was not answered: %.*s",
		    SLICE_FMT(t->request.line));
	next = over(t, status);
	if (!web_body_is_done(x))
		return STOP;
	x->c->last_asked = !t->request.keep_alive;
	buf_eat(&x->c->in, has_body ? x->body.to_eat : n);
	return next;
}

static enum step
exchange(struct talk *t)
{
	ssize_t end = CONN_EOF;
	long n;

	forget(t);
	if (!await(t))
		return STOP;
	n = read_head(t, &end);
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
web_serve(struct conn *c, const struct service *service)
{
	static struct talk t; /* large; a process has one at a time */

	t.x = (struct exchange){ .c = c,
		.web = service->context,
		.r = &t.request,
		.head = &t.head };
	t.conduct = CONDUCT_FINE;
	t.received = t.sent = 0;
	buf_init(&t.head, WEB_HEAD_MAX);
	buf_init(&t.kept, CONN_IN_MAX);
	buf_init(&t.line, LOG_LINE_MAX);
	addr_host(&c->peer, t.client);
	while (exchange(&t) == GO_ON)
		;
	buf_free(&t.head);
	buf_free(&t.kept);
	buf_free(&t.line);
	return t.conduct;
}
