/*
 * http_request.c - any bytes as the head of a request.
 *
 * Properties: the answer is the same however the bytes are split; a head that
 * is accepted is accepted again, with the same meaning, when it is written
 * anew from what was parsed; every slice lies inside the input.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/buf.h"
#include "grammar/http_fault.h"
#include "grammar/http_request.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
inside(struct slice part, struct slice all)
{
	must(part.n == 0 ||
	    (part.p >= all.p && part.p + part.n <= all.p + all.n));
}

/* Feed prefixes of step, 2 * step ... bytes, each in memory of its own size. */
static long
in_steps(struct slice all, size_t step, const struct http_rules *rules)
{
	struct http_request r;

	for (size_t n = step;; n += step) {
		size_t now = n < all.n ? n : all.n;
		char *copy = malloc(now + 1);
		long got;

		memcpy(copy, all.p, now);
		got =
		    http_request_parse((struct slice){ copy, now }, rules, &r);
		must(http_fault((int)got)->why != NULL);
		free(copy);
		if (got != 0 || now == all.n)
			return got;
	}
}

static void
again(const struct http_request *r)
{
	static const struct http_rules strict = { false, false };
	struct http_request second;
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_addf(&b, "%.*s ", SLICE_FMT(r->method_text));
	buf_adds(&b, r->target);
	buf_addf(&b, " HTTP/1.%d\r\n", r->minor);
	for (size_t i = 0; i < r->fields.n; i++) {
		buf_adds(&b, r->fields.at[i].name);
		buf_addz(&b, ": ");
		buf_adds(&b, r->fields.at[i].value);
		buf_addz(&b, "\r\n");
	}
	buf_addz(&b, "\r\n");
	if (b.n <= HTTP_MAX_HEAD) {
		must(http_request_parse(buf_slice(&b), &strict, &second) ==
		    (long)b.n);
		must(second.method == r->method);
		must(slice_eq(second.host, r->host));
		must(slice_eq(second.uri.path, r->uri.path));
		must(second.body.kind == r->body.kind);
		must(second.body.length == r->body.length);
		must(second.keep_alive == r->keep_alive);
		must(second.fields.n == r->fields.n);
	}
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_request r;
	struct slice all;
	struct http_rules rules = { false, false };
	long got;

	if (size < 2)
		return 0;
	rules.lenient_lf = (data[0] & 1) != 0;
	all = (struct slice){ (const char *)data + 2, size - 2 };
	got = http_request_parse(all, &rules, &r);
	must(got <= (long)all.n);
	must(in_steps(all, 1 + data[1] % 16, &rules) == got);
	inside(r.line, all);
	inside(r.target, all);
	inside(r.method_text, all);
	if (got <= 0)
		return 0;
	for (size_t i = 0; i < r.fields.n; i++) {
		inside(r.fields.at[i].name, all);
		inside(r.fields.at[i].value, all);
	}
	again(&r);
	return 0;
}
