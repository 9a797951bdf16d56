/*
 * http_body.c - the framing of bodies: rules 26 to 36, 45 and 46.
 */
#include "grammar/http_body.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "grammar/http_fault.h"

struct row {
	int rule;
	int minor;
	const char *fields;
	int expect; /* a fault, or the kind */
	uint64_t length;
};

#define CL "Content-Length: "
#define TE "Transfer-Encoding: "

static const struct row rows[] = {
	{ 0, 1, "", HTTP_BODY_NONE, 0 },
	{ 0, 1, CL "5\r\n", HTTP_BODY_LENGTH, 5 },
	{ 0, 1, CL "0\r\n", HTTP_BODY_NONE, 0 },
	{ 26, 1, "Content_Length: 5\r\nTransfer_Encoding: chunked\r\n",
	    HTTP_BODY_NONE, 0 },
	{ 27, 1, CL "\r\n", HTTP_BAD_LENGTH, 0 },
	{ 27, 1, CL "+5\r\n", HTTP_BAD_LENGTH, 0 },
	{ 27, 1, CL "-1\r\n", HTTP_BAD_LENGTH, 0 },
	{ 27, 1, CL "0x5\r\n", HTTP_BAD_LENGTH, 0 },
	{ 27, 1, CL "5_0\r\n", HTTP_BAD_LENGTH, 0 },
	{ 27, 1, CL "5 5\r\n", HTTP_BAD_LENGTH, 0 },
	{ 27, 1, CL "1Z\r\n", HTTP_BAD_LENGTH, 0 },
	{ 27, 1, CL "5.0\r\n", HTTP_BAD_LENGTH, 0 },
	{ 28, 1, CL "5, 6\r\n", HTTP_TWO_LENGTHS, 0 },
	{ 28, 1, CL "5\r\n" CL "6\r\n", HTTP_TWO_LENGTHS, 0 },
	{ 29, 1, CL "5, 5\r\n", HTTP_TWO_LENGTHS, 0 },
	{ 29, 1, CL "5\r\n" CL "5\r\n", HTTP_TWO_LENGTHS, 0 },
	{ 29, 1, CL "5,\r\n", HTTP_TWO_LENGTHS, 0 },
	{ 30, 1, CL "9223372036854775807\r\n", HTTP_BODY_LENGTH, INT64_MAX },
	{ 30, 1, CL "9223372036854775808\r\n", HTTP_LONG_LENGTH, 0 },
	{ 30, 1, CL "18446744073709551617\r\n", HTTP_LONG_LENGTH, 0 },
	{ 31, 1, CL "0010\r\n", HTTP_BODY_LENGTH, 10 },
	{ 32, 1, CL "5\r\n" TE "chunked\r\n", HTTP_BOTH_FRAMINGS, 0 },
	{ 32, 1, TE "chunked\r\n" CL "0\r\n", HTTP_BOTH_FRAMINGS, 0 },
	{ 33, 0, TE "chunked\r\n", HTTP_OLD_CODING, 0 },
	{ 34, 1, TE "gzip\r\n", HTTP_NEW_CODING, 0 },
	{ 34, 1, TE "gzip, chunked\r\n", HTTP_NEW_CODING, 0 },
	{ 34, 1, TE "identity\r\n", HTTP_NEW_CODING, 0 },
	{ 35, 1, TE "chunked, gzip\r\n", HTTP_BAD_CODING, 0 },
	{ 35, 1, TE "chunked, chunked\r\n", HTTP_BAD_CODING, 0 },
	{ 35, 1, TE "chunked\r\n" TE "chunked\r\n", HTTP_BAD_CODING, 0 },
	{ 35, 1, TE "chunked;a=b\r\n", HTTP_BAD_CODING, 0 },
	{ 35, 1, TE "xchunked\r\n", HTTP_BAD_CODING, 0 },
	{ 35, 1, TE "chunked x\r\n", HTTP_BAD_CODING, 0 },
	{ 35, 1, TE "\"chunked\"\r\n", HTTP_BAD_CODING, 0 },
	{ 35, 1, TE "\r\n", HTTP_BAD_CODING, 0 },
	{ 35, 1, TE ",\r\n", HTTP_BAD_CODING, 0 },
	{ 36, 1, TE "chunked\r\n", HTTP_BODY_CHUNKED, 0 },
	{ 36, 1, TE "Chunked \t\r\n", HTTP_BODY_CHUNKED, 0 },
	{ 36, 1, TE ",chunked\r\n", HTTP_BODY_CHUNKED, 0 },
	{ 36, 1, TE ", ,\r\n" TE "chunked,\r\n", HTTP_BODY_CHUNKED, 0 },
};

static struct http_fields *
fields_of(const char *lines)
{
	static const struct http_rules strict = { false, false };
	static struct http_fields f;
	static char text[256];

	snprintf(text, sizeof(text), "%s\r\n", lines);
	cr_assert(
	    http_fields_parse(slice_of(text), &strict, &f) > 0, "%s", lines);
	return &f;
}

Test(http_body, of_request)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct http_body body;
		int got = http_body_of_request(
		    fields_of(row->fields), row->minor, &body);

		if (got == 0)
			got = (int)body.kind;
		cr_expect(got == row->expect, "rule %d: %s: %d, not %d",
		    row->rule, row->fields, got, row->expect);
		if (got > 0)
			cr_expect(body.length == row->length, "rule %d: %s",
			    row->rule, row->fields);
	}
}

Test(http_body, a_client_takes_the_same_length_twice)
{
	uint64_t n;

	cr_expect(http_content_length(
		      fields_of(CL "5, 5\r\n" CL "05\r\n"), true, &n) == 1);
	cr_expect(n == 5);
	cr_expect(http_content_length(fields_of(CL "5, 6\r\n"), true, &n) ==
	    HTTP_TWO_LENGTHS);
	cr_expect(http_content_length(fields_of(CL ",\r\n"), true, &n) ==
	    HTTP_BAD_LENGTH);
	cr_expect(http_content_length(fields_of(CL "x\r\n"), true, &n) ==
	    HTTP_BAD_LENGTH);
	cr_expect(http_content_length(fields_of(""), true, &n) == 0);
}

Test(http_body, expectations)
{
	cr_expect(http_expects_100(fields_of(""), 1) == 0);
	cr_expect(
	    http_expects_100(fields_of("Expect: 100-Continue\r\n"), 1) == 1);
	cr_expect(
	    http_expects_100(fields_of("Expect: 100-continue\r\n"), 0) == 0,
	    "rule 45");
	cr_expect(http_expects_100(fields_of("Expect: tea\r\n"), 1) ==
		HTTP_BAD_EXPECT,
	    "rule 46");
	cr_expect(http_expects_100(fields_of("Expect: 100-continue, tea\r\n"),
		      1) == HTTP_BAD_EXPECT);
}
