/*
 * response.c - read the answer (client/answer.h), and say in words what was
 * wrong with it.
 */
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
show(const struct answer *a)
{
	struct slice rest = buf_slice(&a->head);

	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (slice_ends(line, "\r"))
			line.n--;
		fprintf(stderr, "< %.*s\n", SLICE_FMT(line));
	}
}

/* The connection ended before the body did. */
static int
cut_short(const struct connection *call, const struct answer *a)
{
	if (a->code != CONN_EOF)
		return no_bytes(call, "the body", a->code);
	return fail(EXIT_SHORT,
	    "%s: closed in the middle of the body, after %llu bytes",
	    call->name, (unsigned long long)a->got);
}

static int
tell(const struct connection *call, const struct task *t,
    const struct answer *a, enum answer_end how)
{
	switch (how) {
	case ANSWER_OK:
		return 0;
	case ANSWER_NONE:
		return no_answer(call, t, a->code);
	case ANSWER_HEAD_CUT:
		return no_bytes(call, "the head", a->code);
	case ANSWER_HEAD_BAD:
		return fail(EXIT_RECEIVE, "%s: not an HTTP answer: %s",
		    call->name, http_fault(a->code)->why);
	case ANSWER_FRAME_BAD:
		return fail(EXIT_RECEIVE, "%s: where does the body end? %s",
		    call->name, http_fault(a->code)->why);
	case ANSWER_SWITCHES:
		return fail(EXIT_RECEIVE,
		    "%s: switches protocols (101) unasked", call->name);
	case ANSWER_TALKS:
		return fail(EXIT_RECEIVE, "%s: %d interim answers and no other",
		    call->name, ANSWER_INTERIM);
	case ANSWER_BODY_CUT:
		return cut_short(call, a);
	case ANSWER_BODY_BAD:
		return fail(EXIT_RECEIVE, "%s: bad chunked body: %s",
		    call->name, http_fault(a->code)->why);
	case ANSWER_RESET:
		return fail(EXIT_RESET, "%s: broken off by the server: %s",
		    call->name, answer_h2_why(how, a->code));
	case ANSWER_NO_H2:
		return fail(EXIT_HTTP2,
		    "%s: not HTTP/2: %s (does the server speak it here?)",
		    call->name, answer_h2_why(how, a->code));
	case ANSWER_REFUSED:
		break; /* the sink has said it */
	}
	return a->code;
}

int
response_head(struct connection *call, const struct task *t, struct answer *a)
{
	int64_t patience = clock_ms() + HEAD_WAIT_MS;
	bool to_head = strcmp(t->method, "HEAD") == 0;
	void (*each)(const struct answer *) = t->opt->verbose ? show : NULL;

	call->c.deadline = t->deadline < patience ? t->deadline : patience;
	return tell(call, t, a,
	    call->h2 != NULL ? answer_h2_head(call->h2, a, to_head, each) :
			       answer_head(&call->c, a, to_head, each));
}

static int
put(void *sink, struct slice data)
{
	return sink == NULL ? 0 : sink_write(sink, data);
}

int
response_body(struct connection *call, const struct task *t, struct answer *a,
    struct sink *s)
{
	int code;

	call->c.deadline = t->deadline;
	if (call->h2 != NULL) {
		code = tell(call, t, a, answer_h2_body(call->h2, a, put, s));
		if (code != 0)
			connection_close(call);
		return code;
	}
	code = tell(call, t, a, answer_body(&call->c, a, put, s));
	/* Bytes behind the body were not asked for: trust it no further. */
	if (code != 0 || !a->r.keep_alive || call->cut || call->c.in.n > 0 ||
	    a->body.kind == HTTP_BODY_TO_END)
		connection_close(call);
	return code;
}
