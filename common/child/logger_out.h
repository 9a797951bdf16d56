/*
 * logger_out.h - one of the logger's outputs: standard error, the access log.
 *
 * Lines wait here for who reads them, and are dropped and counted when there
 * are too many: nothing ever blocks.  A pipe or a terminal is opened anew for
 * that, since how it is opened is shared with the shell; a socket is sent to.
 * Used only by logger_lines.c and logger_life.c.
 */
#ifndef LOGGER_OUT_H
#define LOGGER_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/slice.h"

#define LOGGER_OUT_MAX ((size_t)128 * 1024) /* bytes that wait */

enum logger_out_kind {
	OUT_NONE,
	OUT_FILE,   /* a write is done when it returns */
	OUT_PIPE,   /* or a terminal: ours alone, O_NONBLOCK */
	OUT_SHARED, /* one that could not be opened anew */
	OUT_SOCKET,
};

struct logger_out {
	int fd;
	enum logger_out_kind kind;
	size_t n;         /* bytes that wait */
	bool midline;     /* some of a line is written, the rest waits */
	bool torn;        /* the rest will not be: begin a new one */
	uint64_t dropped; /* lines, not told yet */
	int error;        /* why the last of them; 0: nobody reads */
	char wait[LOGGER_OUT_MAX];
};

/*
 * Begin to write to a descriptor, which is owned from now on (-1: to nothing).
 * Lines that wait go there, too.  To be called with the master's rights first.
 */
void logger_out_open(struct logger_out *, int fd);

/*
 * Add a whole line.  One that does not fit is dropped.
 */
void logger_out_add(struct logger_out *, struct slice line);

/*
 * A line is not added, for whatever reason of the caller's: count it.
 */
void logger_out_drop(struct logger_out *);

/*
 * Write what can be written now, whole lines that a pipe takes in one piece.
 * Returns whether some wait.
 */
bool logger_out_flush(struct logger_out *);

#endif
