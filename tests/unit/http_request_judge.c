/*
 * http_request_judge.c - a request whose parts did not come as lines.
 */
#include <criterion/criterion.h>

#include "grammar/http_fault.h"
#include "grammar/http_request.h"

struct row {
	const char *method, *target;
	struct http_field field[2];
	int fault;
	const char *host;
};

#define NONE                    \
	{                       \
		{ NULL, 0 },    \
		{               \
			NULL, 0 \
		}               \
	}
#define FIELD(n, v)                \
	{                          \
		SLICE(n), SLICE(v) \
	}
#define HOST FIELD("host", "a.example:80")
#define ONLY               \
	{                  \
		HOST, NONE \
	}
#define WITH(n, v)                \
	{                         \
		HOST, FIELD(n, v) \
	}

static const struct row rows[] = {
	{ "GET", "/", ONLY, 0, "a.example" },
	{ "OPTIONS", "*", ONLY, 0, "a.example" },
	{ "GET", "*", ONLY, HTTP_BAD_ASTERISK, NULL },
	{ "CONNECT", "b.example:1", ONLY, 0, NULL },
	{ "BREW", "/", ONLY, 0, "a.example" },
	{ "", "/", ONLY, HTTP_BAD_METHOD, NULL },
	{ "G T", "/", ONLY, HTTP_BAD_METHOD, NULL },
	{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/", ONLY, HTTP_LONG_METHOD,
	    NULL },
	{ "GET", "", ONLY, HTTP_BAD_TARGET, NULL },
	{ "GET", "/a b", ONLY, HTTP_BAD_TARGET, NULL },
	{ "GET", "/a#b", ONLY, HTTP_BAD_TARGET, NULL },
	{ "GET", "/\r\nX: y", ONLY, HTTP_BAD_TARGET, NULL },
	{ "GET", "/\303\244", ONLY, HTTP_BAD_TARGET, NULL },
	/* Only a path, RFC 9113 8.3.1. */
	{ "GET", "http://b.example/", ONLY, HTTP_BAD_TARGET, NULL },
	{ "GET", "b.example:1", ONLY, HTTP_BAD_TARGET, NULL },
	{ "GET", "/", { FIELD("x", "y"), NONE }, HTTP_NO_HOST, NULL },
	{ "GET", "/", WITH("host", "a.example"), HTTP_TWO_HOSTS, NULL },
	{ "GET", "/", { FIELD("host", "u@a"), NONE }, HTTP_BAD_HOST, NULL },
	{ "GET", "/", { FIELD("host", "a/b"), NONE }, HTTP_BAD_HOST, NULL },
	{ "GET", "/", WITH("x y", "z"), HTTP_BAD_NAME, NULL },
	{ "GET", "/", WITH("", "z"), HTTP_BAD_NAME, NULL },
	{ "GET", "/", WITH("x", "a\rb"), HTTP_BAD_VALUE, NULL },
	{ "GET", "/", WITH("x", "a\nb"), HTTP_BAD_VALUE, NULL },
	{ "GET", "/", WITH("x", "a\0b"), HTTP_BAD_VALUE, NULL },
	{ "GET", "/", WITH("x", "a\tb\351"), 0, "a.example" },
	{ "GET", "/", WITH("content-length", "-1"), HTTP_BAD_LENGTH, NULL },
	{ "GET", "/", WITH("expect", "more"), HTTP_BAD_EXPECT, NULL },
};

Test(http_request_judge, the_rules_of_lines_hold)
{
	static struct http_request r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		r.method_text = slice_of(row->method);
		r.target = slice_of(row->target);
		r.fields.n = row->field[1].name.p != NULL ? 2 : 1;
		r.fields.at[0] = row->field[0];
		r.fields.at[1] = row->field[1];
		cr_expect_eq(http_request_judge(&r), row->fault, "row %zu: %d",
		    i, http_request_judge(&r));
		cr_expect(r.major == 2 && r.minor == 0);
		if (row->host != NULL)
			cr_expect(slice_is(r.host, row->host), "row %zu", i);
	}
}

Test(http_request_judge, fills_in_the_rest)
{
	static struct http_request r;

	r.method_text = slice_of("POST");
	r.target = slice_of("/a?b=c");
	r.fields.n = 2;
	r.fields.at[0] = (struct http_field)HOST;
	r.fields.at[1] = (struct http_field)FIELD("content-length", "5");
	cr_assert_eq(http_request_judge(&r), 0);
	cr_assert_eq(r.method, HTTP_POST);
	cr_assert(slice_is(r.uri.path, "/a"));
	cr_assert(slice_is(r.uri.query, "b=c"));
	cr_assert(slice_is(r.port, "80"));
	cr_assert_eq(r.body.kind, HTTP_BODY_LENGTH);
	cr_assert_eq(r.body.length, 5);
	cr_assert(r.keep_alive);
}
