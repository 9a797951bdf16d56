/*
 * date.h - dates as the protocols write them, without a locale or a system
 * call.
 *
 * Times are seconds since 1970-01-01 00:00 UTC, which covers the years 0 to
 * 9999 here.
 */
#ifndef DATE_H
#define DATE_H

#include <stdint.h>

#include "bytes/slice.h"

#define DATE_MAX_TEXT 40 /* the longest text below, and a NUL */

/*
 * Write a time with a NUL to text and return the count of bytes:
 *   date_http   Sun, 06 Nov 1994 08:49:37 GMT	 RFC 9110 5.6.7, IMF-fixdate
 *   date_mail   Sun, 6 Nov 1994 08:49:37 +0000	 RFC 5322 3.3
 *   date_log    06/Nov/1994:08:49:37 +0000	 the common log format
 *   date_iso    1994-11-06T08:49:37Z		 RFC 3339
 * A time outside the years 0 to 9999 is taken as the nearest one inside.
 */
size_t date_http(int64_t when, char text[DATE_MAX_TEXT]);
size_t date_mail(int64_t when, char text[DATE_MAX_TEXT]);
size_t date_log(int64_t when, char text[DATE_MAX_TEXT]);
size_t date_iso(int64_t when, char text[DATE_MAX_TEXT]);

/*
 * Read an HTTP-date in any of the three forms of RFC 9110 5.6.7 (IMF-fixdate,
 * RFC 850, asctime).  now resolves the two-digit year of RFC 850: it is the
 * latest that is no more than 50 years ahead.  The day of the week must be one
 * but is not held against the date.  Returns 0, or -1 if the text is none of
 * them, to the letter, or no real date; *when is then untouched.
 */
int date_parse_http(struct slice, int64_t now, int64_t *when);

#endif
