/*
 * http_request_rules.c - request heads against the table of rules; each row
 * names the rule it shows.
 */
#include "grammar/http_request.h"

#include <criterion/criterion.h>

#include "grammar/http_fault.h"
#include "split.h"

#define HOST "Host: a\r\n"

struct row {
	int rule;
	struct slice head;
	int expect; /* 0: parsed to the end, else the fault */
};

static const struct http_rules strict = { false, false };

/* clang-format off */
static const struct row rows[] = {
	{ 0, SLICE("GET / HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 1, SLICE("\r\nGET / HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 1, SLICE("\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 1, SLICE("\r\n\r\n\r\nGET / HTTP/1.1\r\n"), HTTP_EMPTY_LINES },
	{ 2, SLICE("\nGET / HTTP/1.1\r\n"), HTTP_BARE_LF },
	{ 2, SLICE("GET / HTTP/1.1\n" HOST "\r\n"), HTTP_BARE_LF },
	{ 2, SLICE("GET / HTTP/1.1\r\nHost: a\n\r\n"), HTTP_BARE_LF },
	{ 2, SLICE("GET / HTTP/1.1\r\n" HOST "\n"), HTTP_BARE_LF },
	{ 3, SLICE("\rGET / HTTP/1.1\r\n"), HTTP_BARE_CR },
	{ 3, SLICE("GET / HTTP/1.1\rX"), HTTP_BARE_CR },
	{ 3, SLICE("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"), HTTP_BARE_CR },
	{ 3, SLICE("GET / HTTP/1.1\r\n" HOST "\rX"), HTTP_BARE_CR },
	{ 3, SLICE("GET / HTTP/1.1\r\nHo\rst: a\r\n\r\n"), HTTP_NO_COLON },
	{ 4, SLICE("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), HTTP_LEADING_SPACE },
	{ 4, SLICE("GET / HTTP/1.1\r\n\tX: a\r\n\r\n"), HTTP_LEADING_SPACE },
	{ 5, SLICE("GET  / HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 5, SLICE("GET\t/ HTTP/1.1\r\n"), HTTP_BAD_METHOD },
	{ 5, SLICE("GET\f/ HTTP/1.1\r\n"), HTTP_BAD_METHOD },
	{ 5, SLICE("GET /\tHTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 5, SLICE("GET /  HTTP/1.1\r\n"), HTTP_BAD_VERSION },
	{ 5, SLICE("GET /a b HTTP/1.1\r\n"), HTTP_BAD_VERSION },
	{ 5, SLICE("GET / HTTP/1.1 \r\n"), HTTP_BAD_VERSION },
	{ 5, SLICE("GET / HTTP/1.1 x\r\n"), HTTP_BAD_VERSION },
	{ 5, SLICE(" GET / HTTP/1.1\r\n"), HTTP_BAD_METHOD },
	{ 6, SLICE("GET /\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / \r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / HTTP/1\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / HTTP/01.1\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / HTTP/1.11\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / HTTP/0.9\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / http/1.1\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / HTTP/257.1\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / HTTP/1.257\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / HTTP/1.\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / HTTP\\1.1\r\n"), HTTP_BAD_VERSION },
	{ 6, SLICE("GET / HTTP/1.9\r\n" HOST "\r\n"), 0 },
	{ 7, SLICE("GET / HTTP/2.0\r\n"), HTTP_NEW_VERSION },
	{ 7, SLICE("GET / HTTP/9.9\r\n"), HTTP_NEW_VERSION },
	{ 7, SLICE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), HTTP_NEW_VERSION },
	{ 8, SLICE("BREW / HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 8, SLICE("get / HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 8, SLICE("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1\r\n" HOST
	    "\r\n"), 0 },
	{ 8, SLICE("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n"),
	    HTTP_LONG_METHOD },
	{ 9, SLICE("G/T / HTTP/1.1\r\n"), HTTP_BAD_METHOD },
	{ 9, SLICE("G\0T / HTTP/1.1\r\n"), HTTP_BAD_METHOD },
	{ 9, SLICE("G\xc3T / HTTP/1.1\r\n"), HTTP_BAD_METHOD },
	{ 9, SLICE("\x16\x03\x01\x02"), HTTP_IS_TLS },
	{ 10, SLICE("POST / HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 11, SLICE("CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 13, SLICE("GET /#a HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET /\x01 HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET /\x7f HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET /\0 HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET /\xc3\xa4 HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET /\" HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET /?< HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET /?> HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET /a\\b HTTP/1.1\r\n" HOST "\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET \\a HTTP/1.1\r\n" HOST "\r\n"), HTTP_BAD_TARGET },
	{ 13, SLICE("GET /?a\\b|^{}[]` HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 14, SLICE("GET * HTTP/1.1\r\n" HOST "\r\n"), HTTP_BAD_ASTERISK },
	{ 14, SLICE("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 14, SLICE("GET a HTTP/1.1\r\n" HOST "\r\n"), HTTP_BAD_TARGET },
	{ 14, SLICE("GET a:80 HTTP/1.1\r\n" HOST "\r\n"), HTTP_BAD_TARGET },
	{ 15, SLICE("GET http://b/ HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 15, SLICE("GET HTTP://b:81?q HTTP/1.1\r\n" HOST "\r\n"), 0 },
	{ 15, SLICE("GET http://b/ HTTP/1.1\r\n\r\n"), HTTP_NO_HOST },
	{ 16, SLICE("GET http://u@b/ HTTP/1.1\r\n"), HTTP_BAD_AUTHORITY },
	{ 16, SLICE("GET http://b:x/ HTTP/1.1\r\n"), HTTP_BAD_AUTHORITY },
	{ 16, SLICE("GET http://b:65536/ HTTP/1.1\r\n"), HTTP_BAD_AUTHORITY },
	{ 16, SLICE("GET http://localhost::80/ HTTP/1.1\r\n"),
	    HTTP_BAD_AUTHORITY },
	{ 16, SLICE("GET http:/// HTTP/1.1\r\n"), HTTP_BAD_AUTHORITY },
	{ 16, SLICE("GET ftp://b/ HTTP/1.1\r\n"), HTTP_BAD_SCHEME },
	{ 16, SLICE("GET http:b HTTP/1.1\r\n"), HTTP_BAD_TARGET },
	{ 17, SLICE("GET / HTTP/1.1\r\n\r\n"), HTTP_NO_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\n" HOST HOST "\r\n"), HTTP_TWO_HOSTS },
	{ 17, SLICE("GET / HTTP/1.1\r\n" HOST "hOST: b\r\n\r\n"),
	    HTTP_TWO_HOSTS },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost:\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: :80\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: [::g]\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n"),
	    HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: a%2\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 0 },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: a%2e:\r\n\r\n"), 0 },
	{ 17, SLICE("GET http://b/ HTTP/1.1\r\nHost: a b\r\n\r\n"),
	    HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: 127.1\r\n\r\n"), HTTP_BAD_HOST },
	{ 17, SLICE("GET / HTTP/1.1\r\nHost: 1.2.3.4.\r\n\r\n"), 0 },
	{ 17, SLICE("GET http://0x7f.1/ HTTP/1.1\r\n" HOST "\r\n"),
	    HTTP_BAD_AUTHORITY },
	{ 0, SLICE("\x16GET / HTTP/1.1\r\n"), HTTP_BAD_METHOD },
	{ 18, SLICE("GET / HTTP/1.0\r\n\r\n"), 0 },
	{ 19, SLICE("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), HTTP_SPACE_COLON },
	{ 19, SLICE("GET / HTTP/1.1\r\nHost\t: a\r\n\r\n"),
	    HTTP_SPACE_COLON },
	{ 20, SLICE("GET / HTTP/1.1\r\nHost\r\n\r\n"), HTTP_NO_COLON },
	{ 20, SLICE("GET / HTTP/1.1\r\n: a\r\n\r\n"), HTTP_BAD_NAME },
	{ 20, SLICE("GET / HTTP/1.1\r\nX(: a\r\n\r\n"), HTTP_BAD_NAME },
	{ 20, SLICE("GET / HTTP/1.1\r\nX\x80: a\r\n\r\n"), HTTP_BAD_NAME },
	{ 20, SLICE("GET / HTTP/1.1\r\nX\0: a\r\n\r\n"), HTTP_BAD_NAME },
	{ 21, SLICE("GET / HTTP/1.1\r\n" HOST " x\r\n\r\n"), HTTP_OBS_FOLD },
	{ 21, SLICE("GET / HTTP/1.1\r\n" HOST "\t\r\n\r\n"), HTTP_OBS_FOLD },
	{ 22, SLICE("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n"), HTTP_BAD_VALUE },
	{ 23, SLICE("GET / HTTP/1.1\r\nX: a\x1b\r\n\r\n"), HTTP_BAD_VALUE },
	{ 23, SLICE("GET / HTTP/1.1\r\nX: a\x7f\r\n\r\n"), HTTP_BAD_VALUE },
	{ 23, SLICE("GET / HTTP/1.1\r\n" HOST "X: a\tb\x80\r\n\r\n"), 0 },
	{ 24, SLICE("GET / HTTP/1.1\r\nHost: a\xa0\r\n\r\n"), HTTP_BAD_HOST },
	{ 24, SLICE("GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n"), 0 },
	{ 26, SLICE("GET / HTTP/1.1\r\n" HOST "Content_Length: x\r\n"
	    "Transfer_Encoding: y\r\n\r\n"), 0 },
	{ 27, SLICE("GET / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n"),
	    HTTP_BAD_LENGTH },
	{ 32, SLICE("GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"), HTTP_BOTH_FRAMINGS },
	{ 46, SLICE("GET / HTTP/1.1\r\n" HOST "Expect: tea\r\n\r\n"),
	    HTTP_BAD_EXPECT },
};
/* clang-format on */

static long
parse_strict(struct slice s, void *r)
{
	return http_request_parse(s, &strict, r);
}

Test(http_request, rules)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct http_request r;
		char *copy = split_copy(row->head);
		long want = row->expect == 0 ? (long)row->head.n : row->expect;
		long whole =
		    parse_strict((struct slice){ copy, row->head.n }, &r);
		long split = split_feed(row->head, parse_strict, &r);

		cr_expect(whole == want,
		    "rule %d, row %zu: %ld (%s), not %ld: %s", row->rule, i,
		    whole, http_fault((int)whole)->why, want, row->head.p);
		cr_expect(split == whole,
		    "rule %d, row %zu: split %ld, not %ld", row->rule, i, split,
		    whole);
		free(copy);
	}
}

Test(http_request, a_fault_stays_whatever_follows)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_request r;
		char text[1024];
		size_t n = rows[i].head.n;
		long got, want = rows[i].expect == 0 ? (long)n : rows[i].expect;

		memcpy(text, rows[i].head.p, n);
		memcpy(text + n, "\r\n\r\nGET", 7);
		got = parse_strict((struct slice){ text, n + 7 }, &r);
		cr_expect(got == want, "row %zu: %ld, not %ld", i, got, want);
	}
}
