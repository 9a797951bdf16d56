/*
 * date_parse.c - read the three dates of HTTP.  date.c writes them.
 */
#include <string.h>

#include "bytes/ascii.h"
#include "bytes/civil.h"
#include "bytes/date.h"

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
word(struct slice *s, const char *want, size_t n)
{
	if (s->n < n || memcmp(s->p, want, n) != 0)
		return false;
	*s = slice_from(*s, n);
	return true;
}

static bool
day_name(struct slice *s, bool in_full, int *weekday)
{
	for (int i = 0; i < 7; i++)
		if (word(s, civil_days[i],
			in_full ? strlen(civil_days[i]) : 3)) {
			*weekday = i;
			return true;
		}
	return false;
}

static bool
month_name(struct slice *s, int *month)
{
	for (int i = 0; i < 12; i++)
		if (word(s, civil_months[i], 3)) {
			*month = i + 1;
			return true;
		}
	return false;
}

static bool
field(struct slice *s, char what, struct civil *c)
{
	switch (what) {
	case 'W':
		return day_name(s, false, &c->weekday);
	case 'L':
		return day_name(s, true, &c->weekday);
	case 'M':
		return month_name(s, &c->month);
	case 'D':
		if (word(s, " ", 1))
			return digits(s, 1, &c->day);
		return digits(s, 2, &c->day);
	case 'd':
		return digits(s, 2, &c->day);
	case 'h':
		return digits(s, 2, &c->hour);
	case 'm':
		return digits(s, 2, &c->minute);
	case 's':
		return digits(s, 2, &c->second);
	case 'y':
		return digits(s, 2, &c->year);
	default: /* Y */
		return digits(s, 4, &c->year);
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
	for (; *pattern != '\0'; pattern++)
		if (*pattern == '%') {
			if (!field(&s, *++pattern, c))
				return false;
		} else if (!word(&s, pattern, 1)) {
			return false;
		}
	return s.n == 0;
}

/*
 * The latest year with these last two digits whose date is no more than 50
 * years ahead of now (RFC 9110 5.6.7).
 */
static int
in_full(const struct civil *c, int64_t now)
{
	struct civil limit = civil_of(now), guess = *c;
	int64_t latest;

	limit.year += 50;
	latest = civil_seconds(&limit);
	guess.year += limit.year / 100 * 100;
	if (guess.year > 9999 || civil_seconds(&guess) > latest)
		guess.year -= 100;
	return guess.year < 0 ? guess.year + 100 : guess.year;
}

int
date_parse_http(struct slice s, int64_t now, int64_t *when)
{
	struct civil c;

	if (match(s, "%L, %d-%M-%y %h:%m:%s GMT", &c))
		c.year = in_full(&c, now);
	else if (!match(s, "%W, %d %M %Y %h:%m:%s GMT", &c) &&
	    !match(s, "%W %M %D %h:%m:%s %Y", &c))
		return -1;
	if (!civil_is_real(&c))
		return -1;
	*when = civil_seconds(&c);
	return 0;
}
