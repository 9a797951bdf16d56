/*
 * http_condition.c - preconditions: rules 68 to 71.
 */
#include "grammar/http_condition.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* The representation: changed at 08:49:37. */
#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define AT     "Sun, 06 Nov 1994 08:49:37 GMT"
#define AFTER  "Sun, 06 Nov 1994 08:49:38 GMT"
#define LATER  "Sun, 06 Nov 2094 08:49:38 GMT"

static const struct http_validators now = { SLICE("\"abc\""), 784111777,
	784200000 };

struct row {
	int rule;
	const char *fields;
	int get, put; /* the verdict for each */
};

#define INM "If-None-Match: "
#define IM  "If-Match: "
#define IMS "If-Modified-Since: "
#define IUS "If-Unmodified-Since: "

static const struct row rows[] = {
	{ 0, "", 0, 0 },
	{ 71, INM "\"abc\"\r\n", 304, 412 },
	{ 71, INM "*\r\n", 304, 412 },
	{ 71, INM "\"x\", W/\"abc\"\r\n", 304, 412 },
	{ 71, INM "\"x\"\r\n" INM "\"abc\"\r\n", 304, 412 },
	{ 71, INM "\"x,\"abc\"\r\n", 0, 0 },
	{ 71, INM "\"x,y\", \"abc\"\r\n", 304, 412 },
	{ 71, INM "\"x\\\", \"abc\"\r\n", 304, 412 },
	{ 71, INM "\"abc\r\n", 0, 0 },
	{ 71, INM "\"ABC\"\r\n", 0, 0 },
	{ 71, INM "w/\"abc\"\r\n", 0, 0 },
	{ 70, INM "abc\r\n", 0, 0 },
	{ 70, INM "abc, \"abc\"\r\n", 304, 412 },
	{ 71, IM "\"abc\"\r\n", 0, 0 },
	{ 71, IM "*\r\n", 0, 0 },
	{ 71, IM "W/\"abc\"\r\n", 412, 412 },
	{ 71, IM "\"x\"\r\n", 412, 412 },
	{ 71, IM "\r\n", 412, 412 },
	{ 70, IMS AT "\r\n", 304, 0 },
	{ 70, IMS AFTER "\r\n", 304, 0 },
	{ 70, IMS LATER "\r\n", 304, 0 },
	{ 70, IMS BEFORE "\r\n", 0, 0 },
	{ 70, IMS "yesterday\r\n", 0, 0 },
	{ 70, IMS AT "\r\n" IMS AT "\r\n", 0, 0 },
	{ 70, IMS "Sunday, 06-Nov-94 08:49:37 GMT\r\n", 304, 0 },
	{ 70, IMS "Sun Nov  6 08:49:37 1994\r\n", 304, 0 },
	{ 69, IUS AT "\r\n", 0, 0 },
	{ 69, IUS BEFORE "\r\n", 412, 412 },
	{ 69, IUS "garbage\r\n", 0, 0 },
	{ 69, IM "\"abc\"\r\n" IUS BEFORE "\r\n", 0, 0 },
	{ 69, IM "\"x\"\r\n" INM "\"abc\"\r\n", 412, 412 },
	{ 69, IM "\"abc\"\r\n" INM "\"abc\"\r\n", 304, 412 },
	{ 69, INM "\"x\"\r\n" IMS AFTER "\r\n", 0, 0 },
	{ 69, IUS BEFORE "\r\n" INM "\"abc\"\r\n", 412, 412 },
};

static struct http_fields *
fields_of(const char *lines)
{
	static const struct http_rules strict = { false, false };
	static struct http_fields f;
	static char text[256];

	snprintf(text, sizeof(text), "%s\r\n", lines);
	cr_assert(http_fields_parse(slice_of(text), &strict, &f) > 0);
	return &f;
}

Test(http_condition, order)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_fields *f = fields_of(rows[i].fields);

		cr_expect((int)http_condition(f, true, &now) == rows[i].get,
		    "rule %d, GET: %s", rows[i].rule, rows[i].fields);
		cr_expect((int)http_condition(f, false, &now) == rows[i].put,
		    "rule %d, PUT: %s", rows[i].rule, rows[i].fields);
	}
}

/* Rule 68 */
Test(http_condition, if_range)
{
	static const struct {
		const char *fields;
		bool counts;
	} ranges[] = {
		{ "", true },
		{ "If-Range: \"abc\"\r\n", true },
		{ "If-Range: W/\"abc\"\r\n", false },
		{ "If-Range: \"x\"\r\n", false },
		{ "If-Range: abc\r\n", false },
		{ "If-Range: " AT "\r\n", true },
		{ "If-Range: " BEFORE "\r\n", false },
		{ "If-Range: " AFTER "\r\n", false },
		{ "If-Range: \"abc\"\r\nIf-Range: \"abc\"\r\n", false },
	};
	struct http_validators fresh = now;

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		cr_expect(http_if_range(fields_of(ranges[i].fields), &now) ==
			ranges[i].counts,
		    "%s", ranges[i].fields);
	fresh.now = fresh.modified;
	cr_expect(!http_if_range(fields_of("If-Range: " AT "\r\n"), &fresh),
	    "a date is weak within its second");
}
