/*
 * date.c - dates as the protocols write them.
 *
 * The calendar arithmetic counts days in eras of 400 years that begin on
 * 1 March, so that the leap day is the last of its year (H. Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms").
 */
#include "bytes/date.h"

#include <stdio.h>
#include <string.h>

#include "bytes/ascii.h"

#define DAY_S      86400
#define ERA_DAYS   146097           /* days in 400 years */
#define EPOCH_DAYS 719468           /* from 0000-03-01 to 1970-01-01 */
#define FIRST_S    (-62167219200LL) /* 0000-01-01 00:00:00 */
#define LAST_S     253402300799LL   /* 9999-12-31 23:59:59 */

struct civil {
	int year, month, day; /* month and day count from 1 */
	int hour, minute, second;
	int weekday; /* 0 is Sunday */
};

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char days[7][10] = { "Sunday", "Monday", "Tuesday", "Wednesday",
	"Thursday", "Friday", "Saturday" };

static struct civil
civil_of(int64_t when)
{
	struct civil c;
	int64_t z, rest;
	int era_day, era_year, year_day, m;

	when = when < FIRST_S ? FIRST_S : when > LAST_S ? LAST_S : when;
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

static int64_t
seconds_of(const struct civil *c)
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

static bool
is_real(const struct civil *c)
{
	static const int lengths[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int length =
	    lengths[c->month - 1] + (c->month == 2 && is_leap(c->year));

	/* 60 is a leap second, which RFC 5322 lets through. */
	return c->day >= 1 && c->day <= length && c->hour <= 23 &&
	    c->minute <= 59 && c->second <= 60;
}

static bool
digits(struct slice *s, int count, int *value)
{
	int v = 0;

	if (s->n < (size_t)count)
		return false;
	for (int i = 0; i < count; i++) {
		if (!ascii_is(s->p[i], ASCII_DIGIT))
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = slice_from(*s, (size_t)count);
	*value = v;
	return true;
}

static bool
name(struct slice *s, const char *table, size_t rows, size_t width,
    size_t length, int *index)
{
	for (size_t i = 0; i < rows; i++) {
		const char *row = table + i * width;
		size_t n = length == 0 ? strlen(row) : length;

		if (s->n >= n && memcmp(s->p, row, n) == 0) {
			*s = slice_from(*s, n);
			*index = (int)i;
			return true;
		}
	}
	return false;
}

static bool
field(struct slice *s, char what, struct civil *c)
{
	switch (what) {
	case 'W':
		return name(s, days[0], 7, sizeof(days[0]), 3, &c->weekday);
	case 'L':
		return name(s, days[0], 7, sizeof(days[0]), 0, &c->weekday);
	case 'M':
		if (!name(s, months[0], 12, sizeof(months[0]), 3, &c->month))
			return false;
		c->month++;
		return true;
	case 'D':
		if (s->n == 0 || s->p[0] != ' ')
			return digits(s, 2, &c->day);
		*s = slice_from(*s, 1);
		return digits(s, 1, &c->day);
	case 'd':
		return digits(s, 2, &c->day);
	case 'h':
		return digits(s, 2, &c->hour);
	case 'm':
		return digits(s, 2, &c->minute);
	case 's':
		return digits(s, 2, &c->second);
	case 'Y':
		return digits(s, 4, &c->year);
	case 'y':
		return digits(s, 2, &c->year);
	default:
		return false;
	}
}

/*
 * Match text against a pattern, to the letter, and fill in the civil time.
 * Behind a %: W a day's name in three letters, L in full, M a month's name,
 * d h m s two digits, D a day of two digits or SP and one, Y four digits of
 * the year, y two.  All else stands for itself.
 */
static bool
match(struct slice s, const char *pattern, struct civil *c)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '%') {
			if (!field(&s, *++pattern, c))
				return false;
		} else if (s.n == 0 || s.p[0] != *pattern) {
			return false;
		} else {
			s = slice_from(s, 1);
		}
	}
	return s.n == 0 && is_real(c);
}

size_t
date_http(int64_t when, char text[DATE_MAX_TEXT])
{
	struct civil c = civil_of(when);

	return (size_t)snprintf(text, DATE_MAX_TEXT,
	    "%.3s, %02d %s %04d %02d:%02d:%02d GMT", days[c.weekday], c.day,
	    months[c.month - 1], c.year, c.hour, c.minute, c.second);
}

size_t
date_mail(int64_t when, char text[DATE_MAX_TEXT])
{
	struct civil c = civil_of(when);

	return (size_t)snprintf(text, DATE_MAX_TEXT,
	    "%.3s, %d %s %04d %02d:%02d:%02d +0000", days[c.weekday], c.day,
	    months[c.month - 1], c.year, c.hour, c.minute, c.second);
}

size_t
date_log(int64_t when, char text[DATE_MAX_TEXT])
{
	struct civil c = civil_of(when);

	return (size_t)snprintf(text, DATE_MAX_TEXT,
	    "%02d/%s/%04d:%02d:%02d:%02d +0000", c.day, months[c.month - 1],
	    c.year, c.hour, c.minute, c.second);
}

size_t
date_iso(int64_t when, char text[DATE_MAX_TEXT])
{
	struct civil c = civil_of(when);

	return (size_t)snprintf(text, DATE_MAX_TEXT,
	    "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
	    c.minute, c.second);
}

int
date_parse_http(struct slice s, int64_t now, int64_t *when)
{
	struct civil c;

	if (match(s, "%W, %d %M %Y %h:%m:%s GMT", &c) ||
	    match(s, "%W %M %D %h:%m:%s %Y", &c)) {
		*when = seconds_of(&c);
		return 0;
	}
	if (!match(s, "%L, %d-%M-%y %h:%m:%s GMT", &c))
		return -1;
	c.year += civil_of(now).year / 100 * 100;
	if (c.year > civil_of(now).year + 50)
		c.year -= 100;
	*when = seconds_of(&c);
	return 0;
}
