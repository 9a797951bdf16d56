/*
 * web.c - any bytes as a whole conversation in HTTP.
 *
 * The side of HTTP that servers share (common/web), with a program that
 * sends bodies back and has nothing else to say.  The first byte chooses how
 * the client speaks.  Properties, beside those of fuzzrig/replies.h: the same
 * replies however the bytes are cut; a body comes back as it was sent; a line
 * in the access log for each reply.
 */
#include <stdint.h>

#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/replies.h"
#include "fuzzrig/still.h"
#include "fuzzrig/talk.h"
#include "web/web.h"

#define INPUT_MAX 2048
#define TOLD_MAX  (1 << 20)

static bool
wants_body(const struct exchange *x)
{
	return x->r->method == HTTP_PUT;
}

/* Small replies: bodies sent back, and errors. */
static int
answer(struct exchange *x)
{
	struct buf body;
	int status;

	if (x->r->method != HTTP_PUT && x->r->method != HTTP_GET)
		return web_begin(x, 405);
	buf_init(&body, INPUT_MAX);
	status = wants_body(x) ? web_body_read(x, &body) : 0;
	if (status == 0)
		web_made(x, 200, NULL, &body);
	else if (status > 0)
		status = web_refuse(x, 413, "it is too long");
	buf_free(&body);
	return status;
}

static const struct web web = {
	.answer = answer, .wants_body = wants_body, .idle_ms = 1000
};
static const struct service service = { .serve = web_serve, .context = &web };

/* What was sent comes back. */
static void
check(const struct http_request *q, const struct answer *a)
{
	struct slice left = a->body, sent, data;
	struct http_chunked c = { 0 };

	if (q == NULL || q->method != HTTP_PUT || a->r.status != 200)
		return;
	must(q->body.kind != HTTP_BODY_NONE || a->body.n == 0);
	sent = (struct slice){ a->sent.p, a->body.n };
	if (q->body.kind == HTTP_BODY_LENGTH)
		must(q->body.length == sent.n && slice_eq(sent, a->body));
	sent = a->sent;
	while (q->body.kind == HTTP_BODY_CHUNKED && !c.done) {
		sent =
		    slice_from(sent, (size_t)http_chunked_eat(&c, sent, &data));
		must(data.n <= left.n);
		must(slice_eq((struct slice){ left.p, data.n }, data));
		left = slice_from(left, data.n);
	}
	must(q->body.kind != HTTP_BODY_CHUNKED || left.n == 0);
}

static void
converse(struct slice said, const struct manner *m, struct buf *finals)
{
	struct slice told;
	struct conn c;

	still_begin();
	quiet_begin();
	talk_begin(&c, said, m);
	service.serve(&c, &service);
	conn_end(&c);
	told = talk_end();
	buf_init(finals, TOLD_MAX);
	must(replies_are_told(
	    replies_walk(said, told, &web.rules, m->stays, check, finals),
	    quiet_lines()));
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice said = { (const char *)data + 1, size - 1 };
	struct manner whole = { .piece = INPUT_MAX }, cut;
	struct buf first, second;

	/* HTTP/2 is h2.c's. */
	if (size == 0 || size > INPUT_MAX ||
	    slice_starts(said, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
		return 0;
	whole.stays = (data[0] & 1) != 0;
	cut = (struct manner){ 1 + data[0] / 2, whole.stays };
	converse(said, &whole, &first);
	converse(said, &cut, &second);
	must(slice_eq(buf_slice(&first), buf_slice(&second)));
	buf_free(&first);
	buf_free(&second);
	return 0;
}
