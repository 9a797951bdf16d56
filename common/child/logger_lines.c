/*
 * logger_lines.c - see logger_lines.h.
 */
#include "child/logger_lines.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "grammar/log_line.h"
#include "system/clock.h"
#include "system/terminal.h"

#define NAMES_MAX    64
#define TELL_MS      1000  /* lines that were dropped are told so often */
#define CHANNELS_MAX 65536 /* descriptors that have a share of their own */
#define SHARE_LINES  20    /* a second, for each channel, where it is tight */

struct logger_out logger_err, logger_file;

static struct {
	pid_t master;
	char name[NAMES_MAX][LOGGER_NAME_MAX]; /* [0]: the program's */
	bool plain;                            /* LOG_PLAIN is let through */
	bool colours;                          /* standard error shows them */
	int64_t tell_at;                       /* not before that */
	struct buf line;
	struct {
		uint32_t second, lines;
	} share[CHANNELS_MAX]; /* of channels: what they said in a second */
} l;

void
logger_lines_begin(const struct logger_start *s, pid_t master, int log)
{
	l.master = master;
	buf_init(&l.line, LOG_LINE_ROOM);
	snprintf(l.name[0], LOGGER_NAME_MAX, "%s", s->program);
	l.plain = s->plain;
	l.colours = terminal_has_colour(STDERR_FILENO);
	logger_out_open(&logger_err, STDERR_FILENO);
	logger_out_open(&logger_file, log);
}

/* The index of a name; of the program's, when there are too many. */
uint32_t
logger_lines_name(const char *name)
{
	for (uint32_t i = 1; name != NULL && *name != '\0' && i < NAMES_MAX;
	     i++) {
		if (l.name[i][0] == '\0')
			snprintf(l.name[i], LOGGER_NAME_MAX, "%s", name);
		if (strncmp(l.name[i], name, LOGGER_NAME_MAX - 1) == 0)
			return i;
	}
	return 0;
}

/*
 * One who says very much must not take the others' room: once much of it waits
 * for a reader, each has so many lines a second.
 */
static bool
has_share(const struct logger_out *o, int end)
{
	uint32_t now = (uint32_t)(clock_ms() / 1000);

	if (o->n < LOGGER_OUT_MAX / 2 || end >= CHANNELS_MAX)
		return true;
	if (l.share[end].second != now) {
		l.share[end].second = now;
		l.share[end].lines = 0;
	}
	return l.share[end].lines++ < SHARE_LINES;
}

/* For an output, where there is room for it and it has a right to it. */
static void
add(struct logger_out *o, int end)
{
	if (has_share(o, end))
		logger_out_add(o, buf_slice(&l.line));
	else
		logger_out_drop(o);
}

static void
say_as(pid_t pid, const char *words)
{
	struct log_source self = { .name = l.name[0], .pid = pid };

	buf_clear(&l.line);
	log_line_words(&l.line, &self, slice_of(words));
	logger_out_add(&logger_err, buf_slice(&l.line));
}

void
logger_lines_say(const char *words)
{
	say_as(0, words);
}

void
logger_lines_change(int log)
{
	logger_out_flush(&logger_file);
	if (logger_file.fd >= 0)
		close(logger_file.fd);
	logger_out_open(&logger_file, log);
}

/* Lines of one message.  Only the first can be for the access log. */
void
logger_lines_take(int end, uint32_t name, pid_t pid, struct slice text)
{
	struct log_source who = { .name = l.name[name],
		.pid = pid == l.master ? 0 : pid,
		.wall_us = clock_wall_us(),
		.zone_s = clock_zone_s(),
		.colours = logger_file.kind == OUT_NONE && l.colours };
	struct logger_out *file =
	    logger_file.kind != OUT_NONE ? &logger_file : &logger_err;
	struct slice line;
	bool plain;

	buf_clear(&l.line);
	if (text.p[0] == LOG_ACCESS &&
	    log_line_access(&l.line, &who, slice_from(text, 1))) {
		add(file, end);
		return;
	}
	plain = text.p[0] == LOG_PLAIN;
	if (plain)
		text = slice_from(text, 1);
	while (log_line_next(&text, &line)) {
		buf_clear(&l.line);
		if (plain && l.plain)
			log_line_plain(&l.line, line);
		else
			log_line_words(&l.line, &who, line);
		add(&logger_err, end);
	}
}

static void
tell_dropped(struct logger_out *o, const char *which)
{
	char words[200];

	if (o->dropped == 0)
		return;
	snprintf(words, sizeof(words), "%s: %llu line%s dropped: %s", which,
	    (unsigned long long)o->dropped, o->dropped == 1 ? "" : "s",
	    o->error == 0 ? "nobody reads it" : strerror(o->error));
	o->dropped = 0;
	say_as(getpid(), words);
}

void
logger_lines_tell(bool at_once)
{
	int64_t now = clock_ms();

	if (now < logger_lines_tell_at() &&
	    !(at_once && logger_lines_tell_at() != CLOCK_NEVER))
		return;
	l.tell_at = now + TELL_MS;
	tell_dropped(&logger_file, "access log");
	tell_dropped(&logger_err, "log");
}

int64_t
logger_lines_tell_at(void)
{
	bool some = logger_err.dropped > 0 || logger_file.dropped > 0;

	return some && logger_err.n == 0 ? l.tell_at : CLOCK_NEVER;
}
