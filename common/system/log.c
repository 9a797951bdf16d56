/*
 * log.c - what the program has to say about itself.
 */
#include "system/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *name = "berth";
static enum log_level let_through = SAY_INFO;
static bool with_pid;

/* Copy words to a line of size bytes, control bytes made visible. */
static size_t
show(const char *words, char *line, size_t at, size_t size)
{
	static const char hex[] = "0123456789abcdef";

	for (; *words != '\0' && at + 5 < size; words++) {
		unsigned char c = (unsigned char)*words;

		if (c >= ' ' && c != 0x7f) {
			line[at++] = (char)c;
			continue;
		}
		line[at++] = '\\';
		line[at++] = 'x';
		line[at++] = hex[c >> 4];
		line[at++] = hex[c & 15];
	}
	return at;
}

static void say(enum log_level, const char *, va_list)
    __attribute__((format(printf, 2, 0)));

static void
say(enum log_level level, const char *fmt, va_list ap)
{
	char words[LOG_MAX_LINE], line[LOG_MAX_LINE];
	int saved = errno, n;
	size_t at;

	if (level > let_through)
		return;
	vsnprintf(words, sizeof(words), fmt, ap);
	n = !with_pid ?
	    snprintf(line, sizeof(line), "%s: ", name) :
	    snprintf(line, sizeof(line), "%s[%d]: ", name, (int)getpid());
	at = n < 0 || (size_t)n >= sizeof(line) ? 0 : (size_t)n;
	at = show(words, line, at, sizeof(line));
	line[at++] = '\n';
	if (write(STDERR_FILENO, line, at) < 0) {
		/* There is nowhere left to say so. */
	}
	errno = saved;
}

void
log_init(const char *program, enum log_level most)
{
	name = program;
	let_through = most;
}

void
log_pid(void)
{
	with_pid = true;
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_ERROR, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_WARN, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_DEBUG, fmt, ap);
	va_end(ap);
}

void
die(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_ERROR, fmt, ap);
	va_end(ap);
	exit(code);
}

void
bug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_ERROR, fmt, ap);
	va_end(ap);
	abort();
}
