/*
 * proxy_answer.c - an upstream's answer becomes a reply, whose body is passed
 * on as it comes.
 */
#include "grammar/http_fault.h"
#include "httpd/proxy_call.h"
#include "httpd/site.h"
#include "system/clock.h"

#define INTERIM_MAX 64 /* answers (1xx) before the answer */

/* ---- the body ---- */

static enum piece_status
broken(struct proxy_call *c, const char *why)
{
	c->x->why = why;
	return PIECE_BROKEN;
}

/*
 * What of the body is in c->in: *data, perhaps empty.  Returns whether its
 * end has been reached, or negative: it is none.
 */
static int
decode(struct proxy_call *c, struct slice *data)
{
	struct slice in = buf_slice(&c->in);
	ssize_t n;

	*data = in;
	c->given = in.n;
	switch (c->body.kind) {
	case HTTP_BODY_NONE:
		return 1;
	case HTTP_BODY_TO_END:
		return in.n == 0 && c->ended && c->error == 0;
	case HTTP_BODY_LENGTH:
		if (data->n > c->left)
			data->n = (size_t)c->left;
		c->given = data->n;
		c->left -= data->n;
		return data->n == 0 && c->left == 0;
	case HTTP_BODY_CHUNKED:
		break;
	}
	n = http_chunked_eat(&c->chunked, in, data);
	c->given = n > 0 ? (size_t)n : 0;
	return n < 0 ? -1 : data->n == 0 && c->chunked.done;
}

static enum piece_status
later(struct proxy_call *c, struct piece *p)
{
	if (c->ended)
		return broken(c, "the upstream broke off in its answer");
	p->wake_ms = proxy_patience(c);
	if (p->wake_ms == 0)
		return broken(c, "the upstream fell silent in its answer");
	p->wake_fd = c->fd;
	p->wake_for = proxy_send_waits(c);
	p->whole = !c->events;
	return PIECE_LATER;
}

static enum piece_status
next(void *own, struct piece *p)
{
	struct proxy_call *c = own;

	if (proxy_send(c) < 0)
		c->deaf = true; /* the client has no more to say */
	for (;;) {
		bool ended = c->ended;
		int end;

		buf_eat(&c->in, c->given);
		end = decode(c, &p->bytes);
		if (end < 0)
			return broken(c, "the upstream's chunks are none");
		if (end > 0)
			return PIECE_END;
		if (p->bytes.n > 0) {
			c->until_ms = CLOCK_NEVER;
			return PIECE_MORE;
		}
		if (c->given == 0 && !proxy_hear(c) && c->ended == ended)
			return later(c, p);
	}
}

/* ---- the head ---- */

static uint64_t
length_of(const struct proxy_call *c, const struct http_response *r)
{
	uint64_t length;

	if (c->body.kind == HTTP_BODY_LENGTH)
		return c->body.length;
	if (c->body.kind != HTTP_BODY_NONE)
		return REPLY_OPEN_END;
	if (c->x->r->method != HTTP_HEAD)
		return 0;
	/* What a GET would have. */
	return http_content_length(&r->fields, true, &length) > 0 ?
	    length :
	    REPLY_OPEN_END;
}

/* A reply that is made lets go of the one before: this call is not its. */
static void
detach(struct proxy_call *c)
{
	c->x->reply.done = NULL;
}

static int
fail(struct proxy_call *c, enum proxy_fault fault, int code)
{
	return proxy_fail(c->x, c->to, fault, code);
}

static int
switch_over(struct proxy_call *c, const struct http_response *r, size_t n)
{
	struct exchange *x = c->x;

	if (!c->upgrade || !http_has(&r->fields, "Upgrade", "websocket"))
		return fail(c, PROXY_SWITCHES, 0);
	detach(c);
	web_upgrade(x, "websocket", proxy_tunnel, proxy_done, c);
	proxy_answer_fields(&x->reply.fields, r, c->to, x->web->fields);
	buf_eat(&c->in, n);
	return 0;
}

/* The answer's head is there, n bytes long. */
static int
begin(struct proxy_call *c, const struct http_response *r, size_t n)
{
	struct exchange *x = c->x;
	int code = http_response_body(r, x->r->method == HTTP_HEAD, &c->body);
	struct slice type = http_get(&r->fields, "Content-Type");

	if (code < 0)
		return fail(c, PROXY_NO_HTTP, code);
	if (r->status == 101)
		return switch_over(c, r, n);
	c->left = c->body.length;
	c->events = slice_starts(type, "text/event-stream");
	detach(c);
	web_pieces(x, r->status, "", length_of(c, r), next, proxy_done, c);
	proxy_answer_fields(&x->reply.fields, r, c->to, x->web->fields);
	buf_eat(&c->in, n);
	return 0;
}

/*
 * Read over interim answers.  Returns the length of the head behind them, 0
 * when it is not complete, an http_fault_code, or PAST_INTERIM.
 */
#define PAST_INTERIM 1
static long
find_head(struct proxy_call *c, struct http_response *r)
{
	long n = http_response_parse(buf_slice(&c->in), r);

	while (n > 0 && r->status < 200 && r->status != 101) {
		if (++c->interim == INTERIM_MAX)
			return PAST_INTERIM;
		buf_eat(&c->in, (size_t)n);
		n = http_response_parse(buf_slice(&c->in), r);
	}
	return n;
}

int
proxy_reply(struct proxy_call *c)
{
	struct http_response r;
	long n;

	while ((n = find_head(c, &r)) == 0) {
		if (proxy_hear(c))
			continue;
		if (c->ended)
			return fail(c, PROXY_CLOSED, 0);
		return proxy_patience(c) > 0 ? WEB_LATER :
					       fail(c, PROXY_SILENT, 0);
	}
	if (n < 0)
		return fail(c, PROXY_NO_HTTP, (int)n);
	if (n == PAST_INTERIM)
		return fail(c, PROXY_TALKS, 0);
	c->x->upstream_us = clock_us() - c->began_us;
	return begin(c, &r, (size_t)n);
}
