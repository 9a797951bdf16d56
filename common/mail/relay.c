/*
 * relay.c - what may be said to the relay.
 */
#include "mail/relay.h"

#include <fnmatch.h>

#include "bytes/ascii.h"
#include "grammar/mail_address.h"

bool
relay_is_address(const char *text)
{
	struct slice s = slice_of(text);
	struct mail_address a;

	/* No blanks and no brackets: the whole of it, as written. */
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is(s.p[i], ASCII_CTL) || s.p[i] == ' ' ||
		    s.p[i] == '<' || s.p[i] == '>' || s.p[i] == ',')
			return false;
	return s.n > 0 && mail_path(s, &a) == (int)s.n && a.text.n == s.n &&
	    a.domain.n > 0;
}

bool
relay_may(const char *address, const char *const *patterns, size_t count)
{
	bool may = count == 0;

	for (size_t i = 0; i < count && !may; i++)
		may = fnmatch(patterns[i], address, FNM_CASEFOLD) == 0;
	return may;
}
