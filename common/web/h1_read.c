/*
 * h1_read.c - a conversation in HTTP/1.1: the heads of requests, from their
 * first byte.
 */
#include <string.h>

#include "web/h1.h"

#define LOOK_AGAIN 4096 /* bytes without a line end before a new look */

bool
h1_await(struct h1 *t)
{
	struct conn *c = t->x.c;
	ssize_t got;

	if (c->in.n > 0)
		return true;
	conn_deadline(c, t->x.web->idle_ms);
	got = conn_rest(c);
	if (got == CONN_REST)
		t->conduct = CONDUCT_RESTS;
	return got > 0;
}

long
h1_read_head(struct h1 *t, ssize_t *end)
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

bool
h1_keep_head(struct h1 *t, size_t n)
{
	struct buf *kept = &t->kept;

	buf_clear(kept);
	buf_add(kept, t->x.c->in.p, n);
	buf_eat(&t->x.c->in, n);
	return !kept->failed &&
	    http_request_parse(
		buf_slice(kept), &t->x.web->rules, &t->request) == (long)n;
}
