/*
 * search_date.c - dates as people write them into a query.
 */
#include "bytes/ascii.h"
#include "bytes/civil.h"
#include "mail/search_query.h"

#define SECOND 1000000LL

/* Cut a number of min to max digits off *s. */
static bool
digits(struct slice *s, size_t min, size_t max, int *value)
{
	size_t n = 0;
	int v = 0;

	while (n < s->n && n < max && ascii_is(s->p[n], ASCII_DIGIT))
		v = v * 10 + (s->p[n++] - '0');
	if (n < min)
		return false;
	*value = v;
	*s = slice_from(*s, n);
	return true;
}

/* How many digits it begins with. */
static size_t
run(struct slice s)
{
	size_t n = 0;

	while (n < s.n && ascii_is(s.p[n], ASCII_DIGIT))
		n++;
	return n;
}

static bool
one_of(struct slice *s, const char *set)
{
	if (s->n == 0 || slice_find(slice_of(set), s->p[0]) == NULL)
		return false;
	*s = slice_from(*s, 1);
	return true;
}

static void
blanks(struct slice *s)
{
	while (one_of(s, " ,"))
		;
}

/* A month's name, at least three letters of it. */
static bool
month(struct slice *s, int *value)
{
	size_t n = 0;

	while (n < s->n && ascii_is(s->p[n], ASCII_ALPHA))
		n++;
	if (n < 3)
		return false;
	for (int i = 0; i < 12; i++) {
		if (!slice_ieq(
			(struct slice){ s->p, 3 }, slice_of(civil_months[i])))
			continue;
		*value = i + 1;
		*s = slice_from(*s, n);
		return true;
	}
	return false;
}

/* 31 Jan 2024, Jan 31, 2024 */
static bool
by_name(struct slice *s, struct civil *c)
{
	bool first = month(s, &c->month);

	blanks(s);
	if (!digits(s, 1, 2, &c->day))
		return false;
	if (!first) {
		while (one_of(s, " -,"))
			;
		if (!month(s, &c->month))
			return false;
	}
	while (one_of(s, " -,"))
		;
	return digits(s, 4, 4, &c->year);
}

/* 2024, 2024-1, 2024-1-31, and with / or . between */
static bool
year_first(struct slice *s, struct civil *c)
{
	if (!digits(s, 4, 4, &c->year))
		return false;
	if (!one_of(s, "-/."))
		return true;
	if (!digits(s, 1, 2, &c->month))
		return false;
	return !one_of(s, "-/.") || digits(s, 1, 2, &c->day);
}

static bool
read_day(struct slice *s, struct civil *c)
{
	size_t n = run(*s);

	if (n == 8)
		return digits(s, 4, 4, &c->year) &&
		    digits(s, 2, 2, &c->month) && digits(s, 2, 2, &c->day);
	if (n == 4)
		return year_first(s, c);
	if (n > 0 && n < s->n && s->p[n] == '/') /* as Americans write it */
		return digits(s, 1, 2, &c->month) && one_of(s, "/") &&
		    digits(s, 1, 2, &c->day) && one_of(s, "/") &&
		    digits(s, 4, 4, &c->year);
	return by_name(s, c);
}

/* 10:30, 10:30:59, 10:30:59.123 */
static bool
read_time(struct slice *s, struct civil *c, int64_t *us)
{
	int64_t unit = SECOND / 10;

	if (!digits(s, 1, 2, &c->hour) || !one_of(s, ":") ||
	    !digits(s, 2, 2, &c->minute))
		return false;
	if (!one_of(s, ":"))
		return true;
	if (!digits(s, 2, 2, &c->second))
		return false;
	if (!one_of(s, "."))
		return true;
	if (run(*s) == 0)
		return false;
	for (; run(*s) > 0; unit /= 10) {
		*us += (s->p[0] - '0') * unit;
		*s = slice_from(*s, 1);
	}
	return true;
}

/* Z, UTC, GMT, +01:00, -0500 */
static bool
read_zone(struct slice *s, int64_t *us, bool *local)
{
	bool west = s->n > 0 && s->p[0] == '-';
	int h, m = 0;

	*local = false;
	if (slice_iis(*s, "z") || slice_iis(*s, "utc") || slice_iis(*s, "gmt"))
		*s = slice_from(*s, s->n);
	if (s->n == 0)
		return true;
	if (!one_of(s, "+-") || !digits(s, 2, 2, &h) || h > 23)
		return false;
	one_of(s, ":");
	if (s->n > 0 && (!digits(s, 2, 2, &m) || m > 59))
		return false;
	*us -= (west ? -1 : 1) * (h * 3600 + m * 60) * SECOND;
	return true;
}

static bool
is_epoch(struct slice s, int64_t *us)
{
	int64_t v = 0;

	if (run(s) != s.n || (s.n != 10 && s.n != 13))
		return false;
	for (size_t i = 0; i < s.n; i++)
		v = v * 10 + (s.p[i] - '0');
	*us = v * (s.n == 10 ? SECOND : SECOND / 1000);
	return true;
}

int
search_date(struct slice s, int64_t *us, bool *local)
{
	struct civil c = { .month = 1, .day = 1 };
	int64_t rest = 0;
	bool here = true;

	s = slice_trim(s);
	if (is_epoch(s, us)) {
		*local = false;
		return 0;
	}
	if (!read_day(&s, &c))
		return -1;
	if (s.n > 0) {
		if (!one_of(&s, " tT"))
			return -1;
		blanks(&s);
		if (!read_time(&s, &c, &rest))
			return -1;
		blanks(&s);
	}
	if (s.n > 0 && (!read_zone(&s, &rest, &here) || s.n > 0))
		return -1;
	if (c.month < 1 || c.month > 12 || !civil_is_real(&c))
		return -1;
	*us = civil_seconds(&c) * SECOND + rest;
	*local = here;
	return 0;
}
