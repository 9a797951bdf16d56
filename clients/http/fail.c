/*
 * fail.c - why, in one line, unless -s.
 */
#include "http.h"

#include <stdarg.h>
#include <stdio.h>

#include "system/log.h"

bool silent;

int
fail(int code, const char *fmt, ...)
{
	char line[LOG_MAX_LINE];
	va_list ap;

	if (silent)
		return code;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	log_error("%s", line);
	return code;
}
