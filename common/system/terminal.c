/*
 * terminal.c - what the terminal on a descriptor can show.
 */
#include "system/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

bool
terminal_has_colour(int fd)
{
	const char *term = variable("TERM");

	return variable("NO_COLOR") == NULL &&
	    (term == NULL || strcmp(term, "dumb") != 0) && isatty(fd);
}

bool
terminal_is_utf8(void)
{
	const char *locale = variable("LC_ALL");

	if (locale == NULL)
		locale = variable("LC_CTYPE");
	if (locale == NULL)
		locale = variable("LANG");
	return locale != NULL &&
	    (strcasestr(locale, "utf-8") != NULL ||
		strcasestr(locale, "utf8") != NULL);
}
