/*
 * replies.c - what was said in HTTP beside what was answered.
 */
#include "fuzzrig/replies.h"

#include "fuzzrig/must.h"
#include "grammar/http_chunked.h"
#include "grammar/http_fault.h"

#define JOINED_MAX (1 << 26)

/* Is the body of a request there?  Then it is cut off *said. */
static bool
take_body(struct slice *said, const struct http_request *q)
{
	struct http_chunked c = { 0 };
	struct slice data;

	if (q->body.kind == HTTP_BODY_LENGTH) {
		if (q->body.length > said->n)
			return false;
		*said = slice_from(*said, (size_t)q->body.length);
	}
	while (q->body.kind == HTTP_BODY_CHUNKED && !c.done) {
		ssize_t n = http_chunked_eat(&c, *said, &data);

		if (n <= 0)
			return false;
		*said = slice_from(*said, (size_t)n);
	}
	return true;
}

/* A chunked body that breaks the rules is a fault, not half a request. */
static bool
is_faulty(struct slice said, const struct http_request *q)
{
	struct http_chunked c = { 0 };
	struct slice data;
	ssize_t n = 0;

	while (q->body.kind == HTTP_BODY_CHUNKED && !c.done && said.n > 0) {
		n = http_chunked_eat(&c, said, &data);
		if (n <= 0)
			break;
		said = slice_from(said, (size_t)n);
	}
	return n < 0;
}

/* Take a head off *told.  Never two fields where one is meant. */
static void
take_head(struct slice *told, struct answer *a)
{
	static const char *const once[] = { "Date", "Server", "Content-Length",
		"Content-Type", "Content-Range", "ETag", "Last-Modified",
		"Location", "Connection" };
	long n = http_response_parse(*told, &a->r);

	must(n > 0);
	a->head = (struct slice){ told->p, (size_t)n };
	*told = slice_from(*told, (size_t)n);
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		must(http_count(&a->r.fields, once[i]) <= 1);
	must(a->r.status < 200 || http_count(&a->r.fields, "Date") == 1);
}

/* The head, but for the time: a fault may be noticed late. */
static void
add_head(struct buf *finals, const struct answer *a)
{
	struct slice date = http_get(&a->r.fields, "Date");

	buf_adds(finals, slice_between(a->head.p, date.p));
	buf_adds(finals, slice_between(date.p + date.n, a->head.p + a->head.n));
}

/* A body in chunks, joined; it is all there. */
static struct slice
take_chunks(struct slice *told)
{
	static struct buf joined;
	struct http_chunked c = { 0 };

	buf_free(&joined);
	buf_init(&joined, JOINED_MAX);
	while (!c.done) {
		struct slice data;
		long n = http_chunked_eat(&c, *told, &data);

		must(n > 0);
		buf_adds(&joined, data);
		*told = slice_from(*told, (size_t)n);
	}
	must(!joined.failed);
	return buf_slice(&joined);
}

/* The next final reply.  Returns whether the connection goes on. */
static bool
take_reply(struct slice *told, bool to_head, bool faulty, struct answer *a,
    struct buf *finals)
{
	struct http_body body;
	bool close;

	take_head(told, a);
	must(a->r.status >= 200);
	close = http_has(&a->r.fields, "Connection", "close");
	must(http_response_body(&a->r, to_head, &body) == 0);
	must(body.kind != HTTP_BODY_TO_END || close);
	a->body = (struct slice){ told->p, 0 };
	if (body.kind == HTTP_BODY_TO_END)
		a->body.n = told->n;
	else if (body.kind == HTTP_BODY_LENGTH)
		a->body.n = (size_t)body.length;
	/* A fault in a HEAD: it is told the length of what it does not get. */
	if (faulty && told->n == 0)
		a->body.n = 0;
	must(a->body.n <= told->n);
	*told = slice_from(*told, a->body.n);
	if (body.kind == HTTP_BODY_CHUNKED)
		a->body = take_chunks(told);
	add_head(finals, a);
	buf_adds(finals, a->body);
	return !close;
}

/* 100 (Continue), which waits for a body that may never come. */
static void
skip_interim(struct slice *told)
{
	static struct answer a;

	while (slice_starts(*told, "HTTP/1.1 100 ")) {
		take_head(told, &a);
		must(a.r.status == 100);
	}
}

static bool
is_stream(const struct answer *a)
{
	return slice_is(
	    http_get(&a->r.fields, "Content-Type"), "text/event-stream");
}

static bool ended_in_tls;

bool
replies_are_told(size_t replies, size_t lines)
{
	return lines == replies || (ended_in_tls && lines + 1 == replies);
}

size_t
replies_walk(struct slice said, struct slice told,
    const struct http_rules *rules, bool stays, replies_check *check,
    struct buf *finals)
{
	static struct http_request q;
	static struct answer a;

	ended_in_tls = false;
	for (size_t count = 0;; count++) {
		long n = http_request_parse(said, rules, &q);
		bool goes_on;

		if (n == 0 && (said.n == 0 || !stays)) {
			must(told.n == 0);
			return count;
		}
		if (n <= 0) {
			must(!take_reply(&told, false, true, &a, finals));
			must(told.n == 0 && a.r.status >= 400);
			must((n == 0) == (a.r.status == 408));
			check(NULL, &a);
			ended_in_tls = n == HTTP_IS_TLS;
			return count + 1;
		}
		said = slice_from(said, (size_t)n);
		skip_interim(&told);
		if (told.n == 0 && !stays) {
			must(!is_faulty(said, &q) && !take_body(&said, &q));
			return count;
		}
		goes_on =
		    take_reply(&told, q.method == HTTP_HEAD, false, &a, finals);
		must(q.minor > 0 ||
		    http_count(&a.r.fields, "Transfer-Encoding") == 0);
		a.sent = said;
		check(&q, &a);
		must(goes_on || told.n == 0);
		/* A stream's end is the connection's, which its head did not
		 * know yet. */
		if (!goes_on || (told.n == 0 && is_stream(&a)))
			return count + 1;
		must(take_body(&said, &q));
	}
}
