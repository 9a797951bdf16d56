/*
 * answer.c - a server's answer, as a client of HTTP reads it.
 */
#include "client/answer.h"

#include "grammar/http_chunked.h"

void
answer_init(struct answer *a)
{
	*a = (struct answer){ 0 };
	buf_init(&a->head, ANSWER_HEAD_MAX);
}

void
answer_free(struct answer *a)
{
	buf_free(&a->head);
}

static enum answer_end
end(struct answer *a, enum answer_end how, ssize_t code)
{
	a->code = (int)code;
	return how;
}

/* One head, out of the connection's buffer into the answer's own. */
static enum answer_end
read_head(struct conn *c, struct answer *a)
{
	ssize_t got;
	long n;

	for (;;) {
		struct slice in = buf_slice(&c->in);

		if (in.n > ANSWER_HEAD_MAX)
			in.n = ANSWER_HEAD_MAX;
		n = http_response_parse(in, &a->r);
		if (n != 0)
			break;
		if (in.n == ANSWER_HEAD_MAX)
			return end(a, ANSWER_HEAD_CUT, CONN_FULL);
		got = conn_fill(c);
		if (got > 0)
			continue;
		if (c->in.n == 0 && (got == CONN_EOF || got == CONN_ERROR))
			return end(a, ANSWER_NONE, got);
		return end(a, ANSWER_HEAD_CUT, got);
	}
	if (n < 0)
		return end(a, ANSWER_HEAD_BAD, n);
	/* Parsed again where it stays: the slices point into the text. */
	buf_clear(&a->head);
	buf_add(&a->head, c->in.p, (size_t)n);
	buf_eat(&c->in, (size_t)n);
	http_response_parse(buf_slice(&a->head), &a->r);
	return ANSWER_OK;
}

enum answer_end
answer_head(struct conn *c, struct answer *a, bool to_head,
    void (*each)(const struct answer *))
{
	int code, interim = 0;

	for (;;) {
		enum answer_end how = read_head(c, a);

		if (how != ANSWER_OK)
			return how;
		if (each != NULL)
			each(a);
		if (a->r.status >= 200)
			break;
		/* It would switch to a protocol that nobody asked for. */
		if (a->r.status == 101)
			return ANSWER_SWITCHES;
		if (++interim == ANSWER_INTERIM)
			return ANSWER_TALKS;
	}
	a->got = 0;
	code = http_response_body(&a->r, to_head, &a->body);
	return code < 0 ? end(a, ANSWER_FRAME_BAD, code) : ANSWER_OK;
}

/* A body of a known length, or (UINT64_MAX) up to the end. */
static enum answer_end
read_plain(struct conn *c, struct answer *a, uint64_t length,
    int (*put)(void *, struct slice), void *with)
{
	while (a->got < length) {
		struct slice data = buf_slice(&c->in);
		ssize_t status;
		int code;

		if (data.n > length - a->got)
			data.n = (size_t)(length - a->got);
		code = data.n == 0 ? 0 : put(with, data);
		if (code != 0)
			return end(a, ANSWER_REFUSED, code);
		a->got += data.n;
		buf_eat(&c->in, data.n);
		if (a->got == length)
			break;
		status = conn_fill(c);
		if (status == CONN_EOF && length == UINT64_MAX)
			break;
		if (status <= 0)
			return end(a, ANSWER_BODY_CUT, status);
	}
	return ANSWER_OK;
}

static enum answer_end
read_chunked(struct conn *c, struct answer *a, int (*put)(void *, struct slice),
    void *with)
{
	struct http_chunked chunked = { 0 };
	struct slice data;
	ssize_t n;
	int code;

	while (!chunked.done) {
		a->got = chunked.total;
		if (c->in.n == 0 && (n = conn_fill(c)) <= 0)
			return end(a, ANSWER_BODY_CUT, n);
		n = http_chunked_eat(&chunked, buf_slice(&c->in), &data);
		if (n < 0)
			return end(a, ANSWER_BODY_BAD, n);
		code = data.n == 0 ? 0 : put(with, data);
		if (code != 0)
			return end(a, ANSWER_REFUSED, code);
		buf_eat(&c->in, (size_t)n);
	}
	return ANSWER_OK;
}

enum answer_end
answer_body(struct conn *c, struct answer *a,
    int (*put)(void *with, struct slice), void *with)
{
	switch (a->body.kind) {
	case HTTP_BODY_LENGTH:
		return read_plain(c, a, a->body.length, put, with);
	case HTTP_BODY_CHUNKED:
		return read_chunked(c, a, put, with);
	case HTTP_BODY_TO_END:
		return read_plain(c, a, UINT64_MAX, put, with);
	case HTTP_BODY_NONE:
		break;
	}
	return ANSWER_OK;
}
