/*
 * http_response.c - what a client takes from a server.
 */
#include "grammar/http_response.h"

#include <criterion/criterion.h>

#include "grammar/http_fault.h"
#include "split.h"

struct row {
	struct slice head;
	int expect; /* 0: parsed to the end */
	int status;
	const char *reason;
};

static const struct row rows[] = {
	{ SLICE("HTTP/1.1 200 OK\r\n\r\n"), 0, 200, "OK" },
	{ SLICE("HTTP/1.0 404 Not Found\nA: b\n c\n\n"), 0, 404, "Not Found" },
	{ SLICE("HTTP/1.1 204 \r\n\r\n"), 0, 204, "" },
	{ SLICE("HTTP/1.1 204\r\n\r\n"), 0, 204, "" },
	{ SLICE("HTTP/1.1 599 \xc3\xa4\r\n\r\n"), 0, 599, "\xc3\xa4" },
	{ SLICE("HTTP/1.1 099 A\r\n\r\n"), HTTP_BAD_STATUS, 0, "" },
	{ SLICE("HTTP/1.1 600 A\r\n\r\n"), HTTP_BAD_STATUS, 0, "" },
	{ SLICE("HTTP/1.1 20 A\r\n\r\n"), HTTP_BAD_STATUS, 0, "" },
	{ SLICE("HTTP/1.1 2000 A\r\n\r\n"), HTTP_BAD_STATUS, 0, "" },
	{ SLICE("HTTP/1.1  200 A\r\n\r\n"), HTTP_BAD_STATUS, 0, "" },
	{ SLICE("HTTP/1.1 200 A\x01\r\n\r\n"), HTTP_BAD_STATUS, 0, "" },
	{ SLICE("HTTP/2.0 200 A\r\n\r\n"), HTTP_NEW_VERSION, 0, "" },
	{ SLICE("HTTP/1.1\r\n\r\n"), HTTP_BAD_STATUS, 0, "" },
	{ SLICE("SSH-2.0-x\r\n"), HTTP_BAD_STATUS, 0, "" },
	{ SLICE("HTTP/1.1 200 A\r\nB\r\n\r\n"), HTTP_NO_COLON, 0, "" },
};

static long
parse(struct slice s, void *r)
{
	return http_response_parse(s, r);
}

Test(http_response, heads)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct http_response r;
		long want = row->expect == 0 ? (long)row->head.n : row->expect;
		long split = split_feed(row->head, parse, &r);
		long whole = parse(row->head, &r);

		cr_expect(whole == want, "row %zu: %ld", i, whole);
		cr_expect(split == want, "row %zu split: %ld", i, split);
		if (whole <= 0 || want <= 0)
			continue;
		cr_expect(r.status == row->status, "row %zu", i);
		cr_expect(slice_is(r.reason, row->reason), "row %zu", i);
	}
}

Test(http_response, no_head_without_end)
{
	struct http_response r;
	char *text = malloc(100000);

	memset(text, 'a', 100000);
	memcpy(text, "HTTP/1.1 ", 9);
	cr_expect(http_response_parse((struct slice){ text, 9000 }, &r) ==
	    HTTP_BAD_STATUS);
	memcpy(text, "HTTP/1.1 200\r\nA: ", 17);
	cr_expect(http_response_parse((struct slice){ text, 9000 }, &r) == 0);
	cr_expect(http_response_parse((struct slice){ text, 100000 }, &r) ==
	    HTTP_LONG_HEAD);
	free(text);
}

struct body_row {
	const char *head;
	bool to_head;
	int expect; /* kind or fault */
	bool keep;
};

#define OK "HTTP/1.1 200 OK\r\n"

static const struct body_row bodies[] = {
	{ OK "Content-Length: 5\r\n\r\n", false, HTTP_BODY_LENGTH, true },
	{ OK "Content-Length: 5\r\n\r\n", true, HTTP_BODY_NONE, true },
	{ OK "Content-Length: 5, 5\r\n\r\n", false, HTTP_BODY_LENGTH, true },
	{ OK "Content-Length: 5, 6\r\n\r\n", false, HTTP_TWO_LENGTHS, true },
	{ OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", false,
	    HTTP_BODY_CHUNKED, true },
	{ OK "Transfer-Encoding: gzip\r\n\r\n", false, HTTP_NEW_CODING, true },
	{ OK "Connection: close\r\n\r\n", false, HTTP_BODY_TO_END, false },
	{ "HTTP/1.1 304 -\r\nContent-Length: 5\r\n\r\n", false, HTTP_BODY_NONE,
	    true },
	{ "HTTP/1.1 204 -\r\n\r\n", false, HTTP_BODY_NONE, true },
	{ "HTTP/1.1 100 -\r\n\r\n", false, HTTP_BODY_NONE, true },
	{ "HTTP/1.0 200 -\r\n\r\n", false, HTTP_BODY_TO_END, false },
	{ "HTTP/1.0 200 -\r\nConnection: keep-alive\r\n\r\n", false,
	    HTTP_BODY_TO_END, true },
};

Test(http_response, bodies)
{
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct http_response r;
		struct http_body body;
		int got;

		cr_assert(parse(slice_of(bodies[i].head), &r) > 0);
		got = http_response_body(&r, bodies[i].to_head, &body);
		cr_expect((got < 0 ? got : (int)body.kind) == bodies[i].expect,
		    "row %zu: %d", i, got);
		cr_expect(r.keep_alive == bodies[i].keep, "row %zu", i);
	}
}
