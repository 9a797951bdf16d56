/*
 * narrate.c - each socket call as it happens, in the words of a networking
 * class (--narrate).
 */
#include "system/narrate.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "system/log.h"

#define LINE_MAX_BYTES 512
#define SHOWN_MAX      40 /* bytes of what is sent */

bool narrate_on;
static bool in_log;

void
narrate_in_log(void)
{
	in_log = true;
}

static void say(const char *result, const char *more, const char *call,
    va_list ap) __attribute__((format(printf, 3, 0)));

/* One line, one write: processes must not mix theirs. */
static void
say(const char *result, const char *more, const char *call, va_list ap)
{
	char words[LINE_MAX_BYTES], line[2 * LINE_MAX_BYTES];
	int n;

	vsnprintf(words, sizeof(words), call, ap);
	n = snprintf(line, sizeof(line), "%s = %s%s%s\n", words, result,
	    more == NULL       ? "" :
		more[0] == '"' ? " " :
				 ", ",
	    more == NULL ? "" : more);
	if (n <= 0)
		return;
	if (in_log) {
		log_info("%.*s", n - 1, line);
	} else if (write(STDERR_FILENO, line, (size_t)n) < 0) {
		/* There is nowhere left to say so. */
	}
}

void
narrate(long result, const char *more, const char *call, ...)
{
	char text[128];
	int saved = errno;
	va_list ap;

	if (!narrate_on)
		return;
	if (result == -1)
		snprintf(text, sizeof(text), "-1, %s (%s)",
		    strerrorname_np(saved), strerror(saved));
	else
		snprintf(text, sizeof(text), "%ld", result);
	va_start(ap, call);
	say(text, result == -1 ? NULL : more, call, ap);
	va_end(ap);
	errno = saved;
}

void
narrate_words(const char *result, const char *call, ...)
{
	int saved = errno;
	va_list ap;

	if (!narrate_on)
		return;
	va_start(ap, call);
	say(result, NULL, call, ap);
	va_end(ap);
	errno = saved;
}

const char *
narrate_family(int family)
{
	return family == AF_INET ? "AF_INET" :
	    family == AF_INET6   ? "AF_INET6" :
	    family == AF_UNIX    ? "AF_UNIX" :
				   "another family";
}

const char *
narrate_type(int type)
{
	return type == SOCK_DGRAM ? "SOCK_DGRAM" : "SOCK_STREAM";
}

/* As C writes it. */
static size_t
add_byte(char *to, unsigned char c)
{
	static const char plain[] = "\n\r\t\"\\", names[] = "nrt\"\\";
	const char *at = c == '\0' ? NULL : strchr(plain, c);

	if (at != NULL) {
		to[0] = '\\';
		to[1] = names[at - plain];
		return 2;
	}
	if (c >= ' ' && c < 0x7f) {
		to[0] = (char)c;
		return 1;
	}
	return (size_t)sprintf(to, "\\%03o", c);
}

const char *
narrate_bytes(const void *bytes, size_t n)
{
	static char text[4 * SHOWN_MAX + 8];
	const unsigned char *p = bytes;
	size_t at = 0;

	text[at++] = '"';
	for (size_t i = 0; i < n && i < SHOWN_MAX; i++)
		at += add_byte(text + at, p[i]);
	strcpy(text + at, n > SHOWN_MAX ? "\"..." : "\"");
	return text;
}

const char *
narrate_addr(const struct addr *a)
{
	static char text[ADDR_MAX_TEXT];

	/* What is not said is not left behind, for who is forked next. */
	return narrate_on ? addr_text(a, text) : "";
}
