/*
 * response.c - read the answer: its head, and the body to its end (RFC 9112 4
 * and 6).
 *
 * Whatever a server sends, memory stays bounded: the head by HEAD_MAX, the
 * body by one buffer that is emptied into the sink as it fills.
 */
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "grammar/http_chunked.h"
#include "grammar/http_fault.h"
#include "system/clock.h"

/* A wait for bytes that brought none: say what, return the exit code. */
static int
no_bytes(const struct connection *call, const char *what, ssize_t status)
{
	switch (status) {
	case CONN_TIMEOUT:
		return fail(EXIT_TIME, "%s: time is over while waiting for %s",
		    call->name, what);
	case CONN_FULL:
		return fail(
		    EXIT_RECEIVE, "%s: %s is too long", call->name, what);
	case CONN_EOF:
		return fail(EXIT_RECEIVE, "%s: closed in the middle of %s",
		    call->name, what);
	default:
		return fail(EXIT_RECEIVE, "%s: receive %s: %s", call->name,
		    what, strerror(errno));
	}
}

/* No byte of an answer, and the connection is gone: what does that mean? */
static int
no_answer(const struct connection *call, const struct task *t, ssize_t status)
{
	bool once =
	    strcmp(t->method, "POST") == 0 || strcmp(t->method, "PATCH") == 0;

	/*
	 * A server may close a kept connection at any time, also in the
	 * moment in which we ask.  Asking again is safe unless asking twice
	 * does something twice (RFC 9112 9.3.1, RFC 9110 9.2.2).
	 */
	if (call->reused && !once)
		return -1;
	if (status == CONN_EOF)
		return fail(
		    EXIT_EMPTY, "%s: closed without an answer", call->name);
	return no_bytes(call, "the answer", status);
}

static void
show(const struct response *a)
{
	struct slice rest = buf_slice(&a->head);

	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (slice_ends(line, "\r"))
			line.n--;
		fprintf(stderr, "< %.*s\n", SLICE_FMT(line));
	}
}

/* One head, out of the connection's buffer into the answer's own. */
static int
read_head(struct connection *call, const struct task *t, struct response *a)
{
	struct conn *c = &call->c;
	ssize_t got;
	long n;

	for (;;) {
		struct slice in = buf_slice(&c->in);

		if (in.n > HEAD_MAX)
			in.n = HEAD_MAX;
		n = http_response_parse(in, &a->r);
		if (n != 0)
			break;
		if (in.n == HEAD_MAX)
			return no_bytes(call, "the head", CONN_FULL);
		got = conn_fill(c);
		if (got > 0)
			continue;
		if (c->in.n == 0 && (got == CONN_EOF || got == CONN_ERROR))
			return no_answer(call, t, got);
		return no_bytes(call, "the head", got);
	}
	if (n < 0)
		return fail(EXIT_RECEIVE, "%s: not an HTTP answer: %s",
		    call->name, http_fault((int)n)->why);
	/* Parsed again where it stays: the slices point into the text. */
	buf_clear(&a->head);
	buf_add(&a->head, c->in.p, (size_t)n);
	buf_eat(&c->in, (size_t)n);
	http_response_parse(buf_slice(&a->head), &a->r);
	if (t->opt->verbose)
		show(a);
	return 0;
}

int
response_head(struct connection *call, const struct task *t, struct response *a)
{
	int64_t patience = clock_ms() + HEAD_WAIT_MS;
	int code, interim = 0;

	call->c.deadline = t->deadline < patience ? t->deadline : patience;
	for (;;) {
		code = read_head(call, t, a);
		if (code != 0)
			return code;
		if (a->r.status >= 200)
			break;
		/* 101 would switch to a protocol that nobody asked for. */
		if (a->r.status == 101)
			return fail(EXIT_RECEIVE,
			    "%s: switches protocols (101) unasked", call->name);
		if (++interim == MOST_INTERIM)
			return fail(EXIT_RECEIVE,
			    "%s: %d interim answers and no other", call->name,
			    interim);
	}
	code =
	    http_response_body(&a->r, strcmp(t->method, "HEAD") == 0, &a->body);
	if (code < 0)
		return fail(EXIT_RECEIVE, "%s: where does the body end? %s",
		    call->name, http_fault(code)->why);
	return 0;
}

/* The connection ended before the body did. */
static int
cut_short(const struct connection *call, ssize_t status, uint64_t got)
{
	if (status != CONN_EOF)
		return no_bytes(call, "the body", status);
	return fail(EXIT_SHORT,
	    "%s: closed in the middle of the body, after %llu bytes",
	    call->name, (unsigned long long)got);
}

static int
put(struct sink *s, struct slice data)
{
	return s == NULL || data.n == 0 ? 0 : sink_write(s, data);
}

/* A body of a known length, or (UINT64_MAX) up to the end. */
static int
read_plain(struct connection *call, uint64_t length, struct sink *s)
{
	uint64_t got = 0;

	while (got < length) {
		struct slice data = buf_slice(&call->c.in);
		ssize_t status;
		int code;

		if (data.n > length - got)
			data.n = (size_t)(length - got);
		code = put(s, data);
		if (code != 0)
			return code;
		got += data.n;
		buf_eat(&call->c.in, data.n);
		if (got == length)
			break;
		status = conn_fill(&call->c);
		if (status == CONN_EOF && length == UINT64_MAX)
			break;
		if (status <= 0)
			return cut_short(call, status, got);
	}
	return 0;
}

static int
read_chunked(struct connection *call, struct sink *s)
{
	struct http_chunked chunked = { 0 };
	struct slice data;
	ssize_t n;
	int code;

	while (!chunked.done) {
		if (call->c.in.n == 0 && (n = conn_fill(&call->c)) <= 0)
			return cut_short(call, n, chunked.total);
		n = http_chunked_eat(&chunked, buf_slice(&call->c.in), &data);
		if (n < 0)
			return fail(EXIT_RECEIVE, "%s: bad chunked body: %s",
			    call->name, http_fault((int)n)->why);
		code = put(s, data);
		if (code != 0)
			return code;
		buf_eat(&call->c.in, (size_t)n);
	}
	return 0;
}

int
response_body(struct connection *call, const struct task *t,
    const struct response *a, struct sink *s)
{
	int code = 0;

	call->c.deadline = t->deadline;
	switch (a->body.kind) {
	case HTTP_BODY_NONE:
		break;
	case HTTP_BODY_LENGTH:
		code = read_plain(call, a->body.length, s);
		break;
	case HTTP_BODY_CHUNKED:
		code = read_chunked(call, s);
		break;
	case HTTP_BODY_TO_END:
		code = read_plain(call, UINT64_MAX, s);
		break;
	}
	/* Bytes behind the body were not asked for: trust it no further. */
	if (code != 0 || !a->r.keep_alive || call->cut || call->c.in.n > 0 ||
	    a->body.kind == HTTP_BODY_TO_END)
		connection_close(call);
	return code;
}
