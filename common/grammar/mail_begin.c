/*
 * mail_begin.c - does a message begin with a header?
 */
#include "grammar/mail_begin.h"

/* RFC 5322 2.2: printable ASCII, but no colon. */
static bool
is_of_name(char c)
{
	return c > ' ' && c <= '~' && c != ':';
}

enum mail_beginning
mail_begin(struct slice s)
{
	size_t n = 0;

	if (s.n > 0 && s.p[0] == '\n')
		return MAIL_BEGIN_HEADER;
	if (s.n > 0 && s.p[0] == '\r')
		return s.n == 1    ? MAIL_BEGIN_UNKNOWN :
		    s.p[1] == '\n' ? MAIL_BEGIN_HEADER :
				     MAIL_BEGIN_TEXT;
	while (n < s.n && n <= MAIL_FIELD_NAME_MAX && is_of_name(s.p[n]))
		n++;
	if (n > MAIL_FIELD_NAME_MAX)
		return MAIL_BEGIN_TEXT;
	if (n == s.n)
		return MAIL_BEGIN_UNKNOWN;
	if (n == 0)
		return MAIL_BEGIN_TEXT;
	/* RFC 5322 4.5.2: old ones have blanks before the colon. */
	while (n < s.n && n <= MAIL_FIELD_NAME_MAX &&
	    (s.p[n] == ' ' || s.p[n] == '\t'))
		n++;
	if (n == s.n)
		return MAIL_BEGIN_UNKNOWN;
	return s.p[n] == ':' ? MAIL_BEGIN_HEADER : MAIL_BEGIN_TEXT;
}
