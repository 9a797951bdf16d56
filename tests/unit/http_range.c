/*
 * http_range.c - ranges: rules 64 to 67.
 */
#include "grammar/http_range.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct row {
	int rule;
	const char *value;
	uint64_t size;
	const char *expect; /* "first+length ...", "200" or "416" */
};

static const struct row rows[] = {
	{ 0, "bytes=0-0", 10, "0+1" },
	{ 0, "bytes=0-", 10, "0+10" },
	{ 0, "bytes=3-5", 10, "3+3" },
	{ 0, "bytes=-3", 10, "7+3" },
	{ 0, "bytes=-20", 10, "0+10" },
	{ 0, "BYTES=5-99", 10, "5+5" },
	{ 0, "bytes= 0-1 , 8-9", 10000, "0+2 8+2" },
	{ 0, "bytes=5000000000-5000000001", 6000000000, "5000000000+2" },
	{ 64, "lines=0-1", 10, "200" },
	{ 64, "bytes", 10, "200" },
	{ 64, "", 10, "200" },
	{ 0, "bytes=0-0", 9223372036854775808U, "200" }, /* no such file */
	{ 65, "bytes=10-", 10, "416" },
	{ 65, "bytes=10-12", 10, "416" },
	{ 65, "bytes=-0", 10, "416" },
	{ 65, "bytes=0-", 0, "416" },
	{ 65, "bytes=-5", 0, "416" },
	{ 65, "bytes=10-12,0-0", 10, "0+1" },
	{ 66, "bytes=99999999999999999999-", 10, "416" },
	{ 66, "bytes=0-99999999999999999999", 10, "0+10" },
	{ 66, "bytes=-99999999999999999999", 10, "0+10" },
	{ 66, "bytes=-18446744073709551615,-9223372036854775807", 10, "0+10" },
	{ 0, "bytes=a-b", 10, "416" },
	{ 0, "bytes=20-10", 100, "416" },
	{ 0, "bytes=0--", 10, "416" },
	{ 0, "bytes=--1", 10, "416" },
	{ 0, "bytes=-", 10, "416" },
	{ 0, "bytes=5", 10, "416" },
	{ 0, "bytes=", 10, "416" },
	{ 0, "bytes=0-1;2-3", 10, "416" },
	{ 0, "bytes=0x0-1", 10, "416" },
	{ 67, "bytes=0-4,5-9", 10000, "0+10" },
	{ 67, "bytes=5-9,0-5", 10000, "0+10" },
	{ 67, "bytes=20-29,0-4", 10000, "20+10 0+5" },
	{ 67, "bytes=0-4,20-29,10-14,3-22", 10000, "0+30" },
	{ 67, "bytes=0-9,20-29,40-49,5-24", 10000, "0+30 40+10" },
	{ 67, "bytes=0-,-1", 10000, "0+10000" },
	{ 67,
	    "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,"
	    "20-20,22-22,24-24,26-26,28-28,30-30,32-32,34-34,36-36,38-38",
	    40, "200" },
	{ 67,
	    "bytes=0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,"
	    "0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,"
	    "0-0,0-0,0-0",
	    99999, "0+1" },
	{ 67,
	    "bytes=0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,"
	    "0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,"
	    "0-0,0-0,0-0,0-0",
	    99999, "200" },
};

Test(http_range, rules)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct http_span span[HTTP_MAX_RANGES];
		int n = http_ranges(slice_of(row->value), row->size, span);
		char got[1024], *p = got;

		p += sprintf(p, "%s",
		    n == HTTP_RANGE_WHOLE ? "200" :
			n < 0             ? "416" :
					    "");
		for (int k = 0; k < n; k++)
			p += sprintf(p, "%s%ju+%ju", k > 0 ? " " : "",
			    (uintmax_t)span[k].first,
			    (uintmax_t)span[k].length);
		cr_expect_str_eq(got, row->expect, "rule %d: %s: %s, not %s",
		    row->rule, row->value, got, row->expect);
	}
}

Test(http_range, content_range)
{
	static const char *const bad[] = { "", "bytes", "bytes 0-1", "x 0-1/2",
		"bytes 1-0/9", "bytes 0-9/9", "bytes a-1/9", "bytes */9",
		"bytes 0-1/x", "bytes 0-18446744073709551615/*" };
	struct http_span s;
	uint64_t size;

	cr_expect(http_content_range(slice_of("bytes 2-5/10"), &s, &size) == 0);
	cr_expect(s.first == 2 && s.length == 4 && size == 10);
	cr_expect(http_content_range(slice_of("Bytes 0-0/*"), &s, &size) == 0);
	cr_expect(size == UINT64_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect(http_content_range(slice_of(bad[i]), &s, &size) == -1,
		    "%s", bad[i]);
}
