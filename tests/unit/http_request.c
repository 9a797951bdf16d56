/*
 * http_request.c - what is read out of a request's head, and its limits; the
 * rules have a table of their own in http_request_rules.c.
 */
#include "grammar/http_request.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "grammar/http_fault.h"
#include "split.h"

#define HOST "Host: a\r\n"

static const struct http_rules strict = { false, false };
static const struct http_rules lenient = { true, false };

static long
parse_strict(struct slice s, void *r)
{
	return http_request_parse(s, &strict, r);
}

static long
parse_lenient(struct slice s, void *r)
{
	return http_request_parse(s, &lenient, r);
}

Test(http_request, lenient_lf)
{
	static const struct slice head =
	    SLICE("\nGET / HTTP/1.1\nHost: a\nX: b\r\n\n");
	struct http_request r;
	char *copy = split_copy(head);

	cr_assert(
	    parse_lenient((struct slice){ copy, head.n }, &r) == (long)head.n);
	cr_expect(slice_is(r.host, "a"));
	cr_expect(slice_is(r.line, "GET / HTTP/1.1"));
	free(copy);
	cr_expect(split_feed(head, parse_lenient, &r) == (long)head.n);
	cr_expect(parse_lenient((struct slice)SLICE("GET / HTTP/1.1\rX"), &r) ==
	    HTTP_BARE_CR);
}

Test(http_request, what_it_holds)
{
	static const struct slice head =
	    SLICE("POST http://[::1]:81/a%20b?c=d&e HTTP/1.1\r\n"
		  "hOsT: other\r\nContent-Length: 0005\r\n"
		  "Expect: 100-Continue\r\nConnection: x, CLOSE\r\n\r\nhello");
	struct http_request r;

	cr_assert(parse_strict(head, &r) == (long)head.n - 5);
	cr_expect(r.method == HTTP_POST);
	cr_expect(slice_is(r.method_text, "POST"));
	cr_expect(r.uri.form == URI_ABSOLUTE && !r.uri.secure);
	cr_expect(slice_is(r.host, "::1"), "rule 15: the target wins");
	cr_expect(slice_is(r.port, "81"));
	cr_expect(slice_is(r.uri.path, "/a%20b"));
	cr_expect(slice_is(r.uri.query, "c=d&e"));
	cr_expect(r.minor == 1);
	cr_expect(
	    r.body.kind == HTTP_BODY_LENGTH && r.body.length == 5, "rule 31");
	cr_expect(r.expects_100);
	cr_expect(!r.keep_alive);
	cr_expect(r.fields.n == 4);
	cr_expect(
	    slice_is(r.line, "POST http://[::1]:81/a%20b?c=d&e HTTP/1.1"));
}

Test(http_request, methods)
{
	static const char *const names[] = { "GET", "HEAD", "OPTIONS", "POST",
		"PUT", "PATCH", "DELETE", "TRACE", "CONNECT" };
	struct http_request r;
	char text[64];

	for (int i = 0; i < 9; i++) {
		int n = snprintf(
		    text, sizeof(text), "%s / HTTP/1.0\r\n\r\n", names[i]);

		cr_assert(
		    parse_strict((struct slice){ text, (size_t)n }, &r) == n);
		cr_expect((int)r.method == HTTP_GET + i);
	}
	parse_strict((struct slice)SLICE("get / HTTP/1.0\r\n\r\n"), &r);
	cr_expect(r.method == HTTP_UNKNOWN);
}

Test(http_request, who_goes_on)
{
	static const struct {
		struct slice head;
		bool keep;
	} heads[] = {
		{ SLICE("GET / HTTP/1.1\r\n" HOST "\r\n"), true },
		{ SLICE("GET / HTTP/1.5\r\n" HOST "\r\n"), true },
		{ SLICE("GET / HTTP/1.0\r\n\r\n"), false },
		{ SLICE("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
		    true },
		{ SLICE("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n"
			"\r\n"),
		    false },
	};
	struct http_request r;

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		cr_assert(parse_strict(heads[i].head, &r) > 0);
		cr_expect(r.keep_alive == heads[i].keep, "head %zu", i);
	}
}

/* Rules 12 and 25: a limit is reached at the same byte however it comes. */
static void
limit(const char *begin, const char *more, const char *tail, size_t fits,
    int fault)
{
	size_t fixed = strlen(begin), step = strlen(more);
	char *text = malloc(fixed + step * (fits + 1) + strlen(tail) + 1);
	struct http_request r;
	long n;

	for (size_t times = fits; times <= fits + 1; times++) {
		char *p = text + sprintf(text, "%s", begin);

		for (size_t i = 0; i < times; i++)
			p += sprintf(p, "%s", more);
		p += sprintf(p, "%s", tail);
		n = parse_strict(slice_between(text, p), &r);
		cr_expect(n == (times == fits ? p - text : fault),
		    "%zu times %.4s: %ld", times, more, n);
	}
	free(text);
}

Test(http_request, limits)
{
	limit("GET /", "a", " HTTP/1.1\r\n" HOST "\r\n", HTTP_MAX_TARGET - 1,
	    HTTP_LONG_TARGET);
	limit("GET / HTTP/1.1\r\n" HOST, "A: b\r\n", "\r\n",
	    HTTP_MAX_FIELDS - 1, HTTP_MANY_FIELDS);
	limit("GET / HTTP/1.1\r\n" HOST "X: ", "a", "\r\n\r\n",
	    HTTP_MAX_HEAD - 32, HTTP_LONG_HEAD);
}

Test(http_request, faults_have_words)
{
	for (int code = -1; code >= HTTP_IS_TLS; code--) {
		cr_expect(http_fault(code)->status >= 400, "code %d", code);
		cr_expect(http_fault(code)->why != NULL);
		cr_expect_str_neq(http_fault(code)->why, "bad message");
	}
	cr_expect(http_fault(-1000)->status == 400);
	cr_expect(http_fault(7)->status == 400);
	cr_expect_str_eq(http_reason(404), "Not Found");
	cr_expect_str_eq(http_reason(499), "Client Error");
	cr_expect_str_eq(http_reason(999), "Unknown");
}
