/*
 * http_accept.c - what would the client rather have?
 */
#include "grammar/http_accept.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct http_fields *
fields_of(const char *name, const char *value)
{
	static const struct http_rules strict = { false, false };
	static struct http_fields f;
	static char text[256];

	snprintf(text, sizeof(text), "%s%s%s\r\n", value == NULL ? "" : name,
	    value == NULL ? "" : value, value == NULL ? "" : "\r\n");
	cr_assert(http_fields_parse(slice_of(text), &strict, &f) > 0);
	return &f;
}

Test(http_accept, codings)
{
	static const struct {
		const char *value;
		int br, gzip, identity;
	} rows[] = {
		{ NULL, 0, 0, 1000 },
		{ "", 0, 0, 1 },
		{ "gzip, br", 1000, 1000, 1 },
		{ "gzip;q=0.5, br;q=0.8", 800, 500, 1 },
		{ "GZIP; Q=0.5", 0, 500, 1 },
		{ "x-gzip", 0, 1000, 1 },
		{ "*", 1000, 1000, 1 },
		{ "*;q=0.1, br", 1000, 100, 1 },
		{ "*;q=0", 0, 0, 0 },
		{ "identity;q=0", 0, 0, 0 },
		{ "identity, gzip;q=0", 0, 0, 1000 },
		{ "identity;q=0.2, *;q=0", 0, 0, 200 },
		{ "gzip;q=7", 0, 0, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_fields *f =
		    fields_of("Accept-Encoding: ", rows[i].value);

		cr_expect(
		    http_accepts_coding(f, "br") == rows[i].br, "row %zu", i);
		cr_expect(http_accepts_coding(f, "gzip") == rows[i].gzip,
		    "row %zu", i);
		cr_expect(
		    http_accepts_coding(f, "identity") == rows[i].identity,
		    "row %zu", i);
	}
}

Test(http_accept, types)
{
	static const struct {
		const char *value;
		int html, json;
	} rows[] = {
		{ NULL, 1000, 1000 },
		{ "*/*", 1000, 1000 },
		{ "text/html", 1000, 0 },
		{ "text/*;q=0.3, text/html;q=0.7", 700, 0 },
		{ "application/json, */*;q=0.1", 100, 1000 },
		{ "*/*, text/html;q=0", 0, 1000 },
		{ "text/html;level=1;q=0.4", 400, 0 },
		{ "text", 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_fields *f = fields_of("Accept: ", rows[i].value);

		cr_expect(http_accepts_type(f, "text/html") == rows[i].html,
		    "row %zu", i);
		cr_expect(
		    http_accepts_type(f, "application/json") == rows[i].json,
		    "row %zu", i);
	}
}
