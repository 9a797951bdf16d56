/*
 * quiet.c - logs that nobody reads.
 */
#include "fuzzrig/quiet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bytes/ascii.h"
#include "fuzzrig/must.h"
#include "grammar/escape.h"
#include "system/log.h"
#include "system/logfile.h"

jmp_buf *quiet_death;
static size_t lines;

void
quiet_begin(void)
{
	lines = 0;
}

size_t
quiet_lines(void)
{
	return lines;
}

bool
logfile_is_on(void)
{
	return true;
}

/* What is in quotes comes to an end, whatever a client put there. */
static void
check_line(struct slice line)
{
	bool quoted = false, json = line.p[0] == '{';

	must(!json || line.p[line.n - 1] == '}');
	while (line.n > 0) {
		size_t n = escape_utf8(line);

		must(n > 0 && !ascii_is(line.p[0], ASCII_CTL));
		if (line.p[0] == '"')
			quoted = !quoted;
		if (line.p[0] == '\\') {
			must(++n <= line.n);
			must(!json || strchr("\"\\nrtu", line.p[1]) != NULL);
		}
		line = slice_from(line, n);
	}
	must(!quoted);
}

void
logfile_add(struct slice line)
{
	must(line.n > 1 && line.p[line.n - 1] == '\n');
	line.n--;
	check_line(line);
	lines++;
}

int
logfile_fd(void)
{
	return -1;
}

int
logfile_open(const char *path)
{
	(void)path;
	return 0;
}

int
logfile_reopen(void)
{
	return 0;
}

void
logfile_leave(void)
{
}

void
logfile_of_logger(const char *path)
{
	(void)path;
}

/* Like a child's, but for the bytes that only the logger reads. */
void
logfile_stamp_short(struct buf *b, int status)
{
	buf_addf(b, "%03d ", status);
}

void
logfile_stamp(struct buf *b, enum log_format format)
{
	buf_addz(b, format == LOG_JSON ? "{\"time\":\"\"" : "[]");
}

bool
log_send(const char *message, size_t n)
{
	(void)message;
	(void)n;
	return true;
}

void
log_channel(int fd)
{
	(void)fd;
}

bool
log_has_channel(void)
{
	return false;
}

void
log_again(const char *words, size_t n)
{
	(void)words;
	(void)n;
}

void
log_patience(int ms)
{
	(void)ms;
}

void
log_end(void)
{
}

void
log_never_wait(void)
{
}

static void __attribute__((format(printf, 1, 0)))
make(const char *fmt, va_list ap)
{
	char text[LOG_MAX_LINE];

	vsnprintf(text, sizeof(text), fmt, ap);
}

#define QUIET(name)                     \
	void name(const char *fmt, ...) \
	{                               \
		va_list ap;             \
                                        \
		va_start(ap, fmt);      \
		make(fmt, ap);          \
		va_end(ap);             \
	}

QUIET(log_error)
QUIET(log_warn)
QUIET(log_info)
QUIET(log_debug)

void
log_init(const char *program, enum log_level most)
{
	(void)program;
	(void)most;
}

void
log_pid(void)
{
}

_Noreturn void
die(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (quiet_death != NULL) {
		make(fmt, ap);
		longjmp(*quiet_death, code);
	}
	fputs("die: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	abort();
}

_Noreturn void
bug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("bug: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	abort();
}
