/*
 * proxy.c - any bytes as a request that goes on to an upstream, and as the head
 * of its answer.
 *
 * The input: a byte that chooses options, a request's head, a NUL, an answer's
 * head.  Properties: what goes to the upstream is one request head, to its last
 * byte, as our own strict parser reads it; of the same method, with the same
 * body, framed once, one Host, and nothing of the client's in the fields that
 * are ours to say; its target lies below the prefix or what takes its place.
 * What goes back to the client are whole field lines, none of them about
 * framing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "httpd/proxy_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FIELDS_MOST 90    /* of a client, so that ours fit beside them */
#define HEAD_MOST   50000 /* bytes, likewise */

static const struct http_rules strict = { false, false };

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static const char *const options[] = {
	"/api=http://localhost:3000",
	"/api=http://localhost:3000/",
	"/api=http://[::1]:3000/v1",
	"/=http://app.test",
	"/=http://app.test/v1/",
	"/a/b/=http://127.0.0.1:1",
};

static struct proxy_place
place_of(uint8_t which)
{
	struct proxy_place p;
	const char *why;
	size_t n = sizeof(options) / sizeof(options[0]);

	must(proxy_place_read(options[which % n], &p, &why) == 0);
	return p;
}

static void
same_body(const struct http_request *was, const struct http_request *is)
{
	if (was->body.kind == HTTP_BODY_NONE)
		must(is->body.kind == HTTP_BODY_NONE ||
		    (is->body.kind == HTTP_BODY_LENGTH &&
			is->body.length == 0));
	else
		must(is->body.kind == was->body.kind &&
		    is->body.length == was->body.length);
	must(http_count(&is->fields, "Content-Length") +
		http_count(&is->fields, "Transfer-Encoding") <=
	    1);
	must(!is->expects_100);
}

static bool
begins(struct slice s, struct slice with)
{
	return s.n >= with.n && slice_eq((struct slice){ s.p, with.n }, with);
}

static void
ask(const struct http_request *r, const struct proxy_place *to, uint8_t bits)
{
	static struct http_request again;
	struct proxy_asked a = { .r = r,
		.to = to,
		.keep_host = (bits & 1) != 0,
		.secure = (bits & 2) != 0,
		.own_password = (bits & 4) != 0,
		.client = (bits & 8) != 0 ? "192.0.2.1" : NULL,
		.upgrade = proxy_wants_websocket(r) };
	struct buf b;

	buf_init(&b, 4 * HTTP_MAX_HEAD);
	proxy_ask_head(&b, &a);
	must(!b.failed);
	must(http_request_parse(buf_slice(&b), &strict, &again) == (long)b.n);
	must(slice_eq(again.method_text, r->method_text));
	same_body(r, &again);
	must(http_count(&again.fields, "Host") == 1);
	must(http_count(&again.fields, "Connection") == 1);
	must(http_count(&again.fields, "Upgrade") == a.upgrade);
	must(
	    http_count(&again.fields, "X-Forwarded-For") == (a.client != NULL));
	must(http_count(&again.fields, "X-Forwarded-Proto") == 1);
	must(http_count(&again.fields, "TE") == 0);
	must(
	    !a.own_password || http_count(&again.fields, "Authorization") == 0);
	must(begins(again.target, to->base.p != NULL ? to->base : to->prefix));
	must(proxy_path_stays(again.uri.path));
	buf_free(&b);
}

static void
answer(const struct http_response *r, const struct proxy_place *to)
{
	static const char *const never[] = { "Content-Length",
		"Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade",
		"Server", "X-Own" };
	static struct http_fields f;
	struct slice location, was = http_get(&r->fields, "Location");
	struct buf b;

	buf_init(&b, 4 * HTTP_MAX_HEAD);
	proxy_answer_fields(
	    &b, r, to, (struct slice)SLICE("X-Own: 1\r\nVary: x\r\n"));
	buf_addz(&b, "\r\n");
	must(!b.failed);
	must(http_fields_parse(buf_slice(&b), &strict, &f) == (long)b.n);
	must(f.n <= r->fields.n);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		must(http_count(&f, never[i]) == 0);
	location = http_get(&f, "Location");
	/* Changed, and not only unfolded: it leads back to us. */
	if (http_count(&f, "Location") == 1 && !slice_eq(location, was) &&
	    slice_find(was, '\n') == NULL)
		must(slice_starts(location, "/") &&
		    !slice_starts(location, "//"));
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_request r;
	static struct http_response back;
	struct slice in = { (const char *)data, size }, head;
	struct proxy_place to;

	if (size < 2)
		return 0;
	to = place_of(data[0] & 15);
	in = slice_from(in, 1);
	head = slice_cut(&in, '\0');
	if (head.n < HEAD_MOST && http_request_parse(head, &strict, &r) > 0 &&
	    r.fields.n <= FIELDS_MOST &&
	    (r.uri.form == URI_ORIGIN || r.uri.form == URI_ABSOLUTE) &&
	    proxy_place_find(&to, 1, r.uri.path) == 0 &&
	    proxy_path_stays(r.uri.path))
		ask(&r, &to, data[0] >> 4);
	if (in.p != NULL && in.n < HEAD_MOST &&
	    http_response_parse(in, &back) > 0)
		answer(&back, &to);
	return 0;
}
