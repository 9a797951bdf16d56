/*
 * date.c - dates written and read: known ones, every day of 10,000 years, and
 * the many that are wrong.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "bytes/civil.h"
#include "bytes/date.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_S    86400

/* The example of RFC 9110 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT. */
#define EXAMPLE 784111777

Test(date, known_times_in_every_form)
{
	static const struct {
		int64_t when;
		const char *http, *mail, *log, *iso;
	} table[] = {
		{ EXAMPLE, "Sun, 06 Nov 1994 08:49:37 GMT",
		    "Sun, 6 Nov 1994 08:49:37 +0000",
		    "06/Nov/1994:08:49:37 +0000", "1994-11-06T08:49:37Z" },
		{ 0, "Thu, 01 Jan 1970 00:00:00 GMT",
		    "Thu, 1 Jan 1970 00:00:00 +0000",
		    "01/Jan/1970:00:00:00 +0000", "1970-01-01T00:00:00Z" },
		{ -1, "Wed, 31 Dec 1969 23:59:59 GMT",
		    "Wed, 31 Dec 1969 23:59:59 +0000",
		    "31/Dec/1969:23:59:59 +0000", "1969-12-31T23:59:59Z" },
		{ 951782400, "Tue, 29 Feb 2000 00:00:00 GMT",
		    "Tue, 29 Feb 2000 00:00:00 +0000",
		    "29/Feb/2000:00:00:00 +0000", "2000-02-29T00:00:00Z" },
		{ 4107542399, "Sun, 28 Feb 2100 23:59:59 GMT",
		    "Sun, 28 Feb 2100 23:59:59 +0000",
		    "28/Feb/2100:23:59:59 +0000", "2100-02-28T23:59:59Z" },
		{ CIVIL_FIRST, "Sat, 01 Jan 0000 00:00:00 GMT",
		    "Sat, 1 Jan 0000 00:00:00 +0000",
		    "01/Jan/0000:00:00:00 +0000", "0000-01-01T00:00:00Z" },
		{ CIVIL_LAST, "Fri, 31 Dec 9999 23:59:59 GMT",
		    "Fri, 31 Dec 9999 23:59:59 +0000",
		    "31/Dec/9999:23:59:59 +0000", "9999-12-31T23:59:59Z" },
	};
	char text[DATE_MAX_TEXT];

	for (size_t i = 0; i < COUNT(table); i++) {
		cr_assert_eq(date_http(table[i].when, text), strlen(text));
		cr_assert_str_eq(text, table[i].http);
		cr_assert_eq(date_mail(table[i].when, text), strlen(text));
		cr_assert_str_eq(text, table[i].mail);
		cr_assert_eq(date_log(table[i].when, text), strlen(text));
		cr_assert_str_eq(text, table[i].log);
		cr_assert_eq(date_iso(table[i].when, text), strlen(text));
		cr_assert_str_eq(text, table[i].iso);
	}
}

Test(date, a_time_outside_is_the_nearest_inside)
{
	static const struct {
		int64_t when;
		const char *iso;
	} table[] = {
		{ INT64_MIN, "0000-01-01T00:00:00Z" },
		{ CIVIL_FIRST - 1, "0000-01-01T00:00:00Z" },
		{ CIVIL_LAST + 1, "9999-12-31T23:59:59Z" },
		{ INT64_MAX, "9999-12-31T23:59:59Z" },
	};
	char text[DATE_MAX_TEXT];

	for (size_t i = 0; i < COUNT(table); i++) {
		date_iso(table[i].when, text);
		cr_assert_str_eq(text, table[i].iso);
	}
}

/* The same civil time, by libc. */
static void
check_with_libc(int64_t when, const struct civil *c)
{
	time_t t = when;
	struct tm tm;

	cr_assert(gmtime_r(&t, &tm) != NULL);
	cr_assert(c->year == tm.tm_year + 1900 && c->month == tm.tm_mon + 1 &&
		c->day == tm.tm_mday && c->hour == tm.tm_hour &&
		c->minute == tm.tm_min && c->second == tm.tm_sec &&
		c->weekday == tm.tm_wday,
	    "%" PRId64, when);
}

Test(date, every_day_of_ten_thousand_years_there_and_back)
{
	int64_t when = CIVIL_FIRST, days = 0;
	int weekday = 6; /* 1 January 0 was a Saturday */

	for (; when <= CIVIL_LAST; when += DAY_S, days++) {
		int64_t second = when + days % DAY_S;
		struct civil c = civil_of(second);

		cr_assert(civil_is_real(&c) && c.weekday == weekday &&
			civil_seconds(&c) == second,
		    "%" PRId64, second);
		weekday = (weekday + 1) % 7;
		if (days % 61 == 0)
			check_with_libc(second, &c);
	}
	cr_assert_eq(days, 3652425, "25 eras of 146,097 days");
}

Test(date, what_is_written_is_read)
{
	char text[DATE_MAX_TEXT];

	for (int64_t when = CIVIL_FIRST; when <= CIVIL_LAST;
	     when += 100 * DAY_S + 12347) {
		int64_t back = 1;
		size_t n = date_http(when, text);

		cr_assert_eq(
		    date_parse_http((struct slice){ text, n }, 0, &back), 0,
		    "%s", text);
		cr_assert_eq(back, when, "%s", text);
	}
}

Test(date, the_three_forms_of_http)
{
	static const char *const table[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
	};
	int64_t when;

	for (size_t i = 0; i < COUNT(table); i++) {
		when = 1;
		cr_assert_eq(
		    date_parse_http(slice_of(table[i]), EXAMPLE, &when), 0,
		    "%s", table[i]);
		cr_assert_eq(when, EXAMPLE, "%s", table[i]);
	}
	cr_assert_eq(
	    date_parse_http(slice_of("Sun Nov 16 08:49:37 1994"), 0, &when), 0);
	cr_assert_eq(when, EXAMPLE + 10 * DAY_S);
	cr_assert_eq(date_parse_http(
			 slice_of("Sat, 31 Dec 2016 23:59:60 GMT"), 0, &when),
	    0);
	cr_assert_eq(when, 1483228800, "a leap second is the next minute");
}

Test(date, the_century_of_rfc_850)
{
	/* Read what, when it is the 23rd of November of year now: year want. */
	static const struct {
		int now;
		const char *what;
		int want;
	} table[] = {
		{ 2026, "Sunday, 06-Nov-94 08:49:37 GMT", 1994 },
		{ 2026, "Sunday, 06-Nov-26 08:49:37 GMT", 2026 },
		{ 2026, "Sunday, 06-Nov-76 08:49:37 GMT", 2076 },
		{ 2026, "Sunday, 23-Nov-76 00:00:00 GMT", 2076 },
		{ 2026, "Sunday, 23-Nov-76 00:00:01 GMT", 1976 },
		{ 2026, "Sunday, 06-Nov-77 08:49:37 GMT", 1977 },
		{ 1994, "Sunday, 06-Nov-94 08:49:37 GMT", 1994 },
		{ 1994, "Sunday, 06-Nov-44 08:49:37 GMT", 2044 },
		{ 1994, "Sunday, 06-Nov-45 08:49:37 GMT", 1945 },
		{ 1999, "Saturday, 01-Jan-00 00:00:00 GMT", 2000 },
		{ 2099, "Saturday, 01-Jan-05 00:00:00 GMT", 2105 },
		{ 2000, "Saturday, 01-Jan-99 00:00:00 GMT", 1999 },
		{ 2026, "Tuesday, 29-Feb-00 00:00:00 GMT", 2000 },
		{ 9999, "Saturday, 01-Jan-05 00:00:00 GMT", 9905 },
		{ 0, "Saturday, 01-Jan-94 00:00:00 GMT", 94 },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct civil now = {
			.year = table[i].now, .month = 11, .day = 23
		};
		int64_t when = 1;

		cr_assert_eq(date_parse_http(slice_of(table[i].what),
				 civil_seconds(&now), &when),
		    0, "row %zu", i);
		cr_assert_eq(civil_of(when).year, table[i].want, "row %zu: %d",
		    i, civil_of(when).year);
	}
}

Test(date, what_is_no_date)
{
	static const char *const table[] = {
		"",
		"Sun",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		" Sun, 06 Nov 1994 08:49:37 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06  Nov 1994 08:49:37 GMT",
		"sun, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 gmt",
		"Sun, 06 Nov 94 08:49:37 GMT",
		"Sun, 06 Nov 01994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT",
		"Sun, 32 Dec 1994 08:49:37 GMT",
		"Wed, 29 Feb 1995 08:49:37 GMT",
		"Mon, 29 Feb 2100 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT",
		"Sun, 06 Nov 1994 08:60:00 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT",
		"Sun, 06 Nov 1994 08.49.37 GMT",
		"Sun, 06 Nov 1994  8:49:37 GMT",
		"Sun, 06 Nov -994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 +0000",
		"Sunday, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06-Nov-94 08:49:37 GMT",
		"Sunday, 06-Nov-1994 08:49:37 GMT",
		"Sunday, 31-Jun-94 08:49:37 GMT",
		"Sun Nov 6 08:49:37 1994",
		"Sun Nov 06 08:49:37 1994 GMT",
		"Sun Nov   6 08:49:37 1994",
		"Sun Nov  6 08:49:37 94",
		"1994-11-06T08:49:37Z",
		"784111777",
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		int64_t when = 4711;

		cr_assert_eq(
		    date_parse_http(slice_of(table[i]), EXAMPLE, &when), -1,
		    "%s", table[i]);
		cr_assert_eq(when, 4711, "%s", table[i]);
	}
	/* Every beginning of a good date is none. */
	for (size_t n = 0; n < 29; n++) {
		int64_t when;
		struct slice s = SLICE("Sun, 06 Nov 1994 08:49:37 GMT");

		s.n = n;
		cr_assert_eq(date_parse_http(s, 0, &when), -1);
	}
}
