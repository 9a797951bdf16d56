/*
 * civil.h - the calendar: from a count of seconds to year, month and day, and
 * back.
 *
 * The Gregorian calendar, carried back before its time, in UTC.  No locale, no
 * system call, no time zones.  date.h writes and reads what is made here.
 */
#ifndef CIVIL_H
#define CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#define CIVIL_FIRST (-62167219200LL) /* 0000-01-01 00:00:00 */
#define CIVIL_LAST  253402300799LL   /* 9999-12-31 23:59:59 */

struct civil {
	int year, month, day; /* month and day count from 1 */
	int hour, minute, second;
	int weekday; /* 0 is Sunday */
};

extern const char civil_months[12][4]; /* "Jan" ... */
extern const char civil_days[7][10];   /* "Sunday" ... */

/*
 * Seconds since 1970 to civil time.  A time outside the years 0 to 9999 is
 * taken as the nearest one inside.
 */
struct civil civil_of(int64_t when);

/*
 * And back.  The weekday is not looked at; the fields must be real.
 */
int64_t civil_seconds(const struct civil *);

/*
 * Is there such a day and such a time?  month must be 1 to 12.  Second 60 is
 * let through, as a leap second (RFC 5322 3.3).
 */
bool civil_is_real(const struct civil *);

#endif
