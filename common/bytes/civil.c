/*
 * civil.c - the calendar.
 *
 * Days are counted in eras of 400 years that begin on 1 March, so that the
 * leap day is the last of its year (H. Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms").
 */
#include "bytes/civil.h"

#define DAY_S      86400
#define ERA_DAYS   146097 /* days in 400 years */
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

const char civil_months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
const char civil_days[7][10] = { "Sunday", "Monday", "Tuesday", "Wednesday",
	"Thursday", "Friday", "Saturday" };

struct civil
civil_of(int64_t when)
{
	struct civil c;
	int64_t z, rest;
	int era_day, era_year, year_day, m;

	when = when < CIVIL_FIRST ? CIVIL_FIRST : when;
	when = when > CIVIL_LAST ? CIVIL_LAST : when;
	z = when / DAY_S - (when % DAY_S < 0);
	rest = when - z * DAY_S;
	c.weekday = (int)(((z + 4) % 7 + 7) % 7); /* 1970 began on a Thursday */
	z += EPOCH_DAYS;
	/* The era before year 0 is only reached for January and February 0. */
	era_day = (int)((z % ERA_DAYS + ERA_DAYS) % ERA_DAYS);
	era_year =
	    (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) /
	    365;
	year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
	m = (5 * year_day + 2) / 153;
	c.day = year_day - (153 * m + 2) / 5 + 1;
	c.month = m < 10 ? m + 3 : m - 9;
	c.year =
	    era_year + (c.month <= 2) + 400 * (int)((z - era_day) / ERA_DAYS);
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

int64_t
civil_seconds(const struct civil *c)
{
	int64_t y = c->year - (c->month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t era_year = y - era * 400;
	int64_t m = c->month > 2 ? c->month - 3 : c->month + 9;
	int64_t year_day = (153 * m + 2) / 5 + c->day - 1;
	int64_t era_day =
	    era_year * 365 + era_year / 4 - era_year / 100 + year_day;

	return (era * ERA_DAYS + era_day - EPOCH_DAYS) * DAY_S +
	    c->hour * 3600LL + c->minute * 60LL + c->second;
}

static bool
is_leap(int y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

bool
civil_is_real(const struct civil *c)
{
	static const int lengths[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int length =
	    lengths[c->month - 1] + (c->month == 2 && is_leap(c->year));

	return c->day >= 1 && c->day <= length && c->hour <= 23 &&
	    c->minute <= 59 && c->second <= 60;
}
