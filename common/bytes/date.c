/*
 * date.c - dates as the protocols write them.  date_parse.c reads them.
 *
 * Written without printf: an HTTP server dates every reply.
 */
#include "bytes/date.h"

#include <string.h>

#include "bytes/civil.h"

/* Decimal, with leading zeros, in just so many digits. */
static char *
digits(char *to, int value, int count)
{
	for (int i = count - 1; i >= 0; i--) {
		to[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return to + count;
}

static char *
field(char *to, char what, const struct civil *c)
{
	switch (what) {
	case 'W':
		memcpy(to, civil_days[c->weekday], 3);
		return to + 3;
	case 'M':
		memcpy(to, civil_months[c->month - 1], 3);
		return to + 3;
	case 'N':
		return digits(to, c->month, 2);
	case 'D':
		return digits(to, c->day, c->day < 10 ? 1 : 2);
	case 'd':
		return digits(to, c->day, 2);
	case 'h':
		return digits(to, c->hour, 2);
	case 'm':
		return digits(to, c->minute, 2);
	case 's':
		return digits(to, c->second, 2);
	default: /* Y */
		return digits(to, c->year, 4);
	}
}

/*
 * Write a time in a pattern.  Behind a %: W a day's name in three letters, M a
 * month's, N its number, d h m s two digits, D the day in one or two, Y four
 * digits of the year.  All else stands for itself.
 */
static size_t
print(char *text, const char *pattern, int64_t when)
{
	struct civil c = civil_of(when);
	char *to = text;

	for (; *pattern != '\0'; pattern++)
		if (*pattern == '%')
			to = field(to, *++pattern, &c);
		else
			*to++ = *pattern;
	*to = '\0';
	return (size_t)(to - text);
}

size_t
date_http(int64_t when, char text[DATE_MAX_TEXT])
{
	return print(text, "%W, %d %M %Y %h:%m:%s GMT", when);
}

size_t
date_mail(int64_t when, char text[DATE_MAX_TEXT])
{
	return print(text, "%W, %D %M %Y %h:%m:%s +0000", when);
}

size_t
date_log(int64_t when, char text[DATE_MAX_TEXT])
{
	return print(text, "%d/%M/%Y:%h:%m:%s +0000", when);
}

size_t
date_iso(int64_t when, char text[DATE_MAX_TEXT])
{
	return print(text, "%Y-%N-%dT%h:%m:%sZ", when);
}
