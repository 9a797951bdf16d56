/*
 * log_line.h - what a process says, made a line of the log.
 *
 * Children, and others that may be taken over, send texts; only the logger
 * (child/logger.h) makes lines of them.  So what stands in a line of who
 * said it and when is the logger's, and everything else is harmless: one line,
 * LOG_LINE_MAX at most, without anything that a terminal would obey.
 */
#ifndef LOG_LINE_H
#define LOG_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

#define LOG_LINE_MAX  4096 /* with its LF: a pipe takes so much in one piece */
#define LOG_LINE_ROOM (LOG_LINE_MAX + 64) /* of a buf that one is made in */
#define LOG_FIELD_MAX 512                 /* of what a client sent, in a line */

/* A text that begins so is for the access log ... */
#define LOG_ACCESS '\1'
/* ... and where this stands in it, once, belongs what the logger knows: in
 * "[]" the time as the common format has it, behind a '{' that begins the line
 * the time and the process.  A text that begins with it and three digits is
 * short: the time here stands before them. */
#define LOG_STAMP '\2'

/*
 * And one with words that stand for themselves, without the name before them,
 * where the program is one whose children may say such (struct server).
 */
#define LOG_PLAIN '\3'

/* Who says it, and when. */
struct log_source {
	const char *name;
	long pid; /* 0: not to be named */
	int64_t wall_us;
	long zone_s;  /* of the time here, east of UTC */
	bool colours; /* for who watches */
};

/*
 * "NAME[PID]: words" and LF, added to a buf.  A name that the words begin with
 * themselves, as programs that know of no logger do, is left out.
 */
void log_line_words(struct buf *, const struct log_source *, struct slice);

/* "words" and LF: nothing before them. */
void log_line_plain(struct buf *, struct slice words);

/*
 * A line for the access log, from a text without LOG_ACCESS, and LF.  Returns
 * whether it was one: nothing is added otherwise.  What a line in JSON says
 * of time and pid is the logger's alone, whatever else is in it.
 */
bool log_line_access(struct buf *, const struct log_source *, struct slice);

/*
 * What a short line begins with: "14:03:59  404  ", for who watches in the
 * colour of the status' class.
 */
void log_line_short(struct buf *, const struct log_source *, int status);

/*
 * What belongs where LOG_STAMP stands, "{" or "[" and "]" not with it.
 */
void log_line_time(struct buf *, const struct log_source *);
void log_line_object(struct buf *, const struct log_source *);

/*
 * Take the next line off a text that may hold several, "" for one that is
 * empty.  Returns false when there is none left.
 */
bool log_line_next(struct slice *rest, struct slice *line);

#endif
