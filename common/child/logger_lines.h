/*
 * logger_lines.h - what the logger does with what it hears: lines, whole and
 * harmless, on their way to standard error and the access log.  Who speaks has
 * a name, and no more than a share of the room where that is tight.  Used only
 * by logger_life.c.
 */
#ifndef LOGGER_LINES_H
#define LOGGER_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes/slice.h"
#include "child/logger.h"
#include "child/logger_out.h"

/* Where lines go; OUT_NONE: the access log goes to standard error. */
extern struct logger_out logger_err, logger_file;

/*
 * Once, before anything else.  Outputs are owned from now on; log may be -1.
 */
void logger_lines_begin(const struct logger_start *, pid_t master, int log);

/*
 * A short name for a name that begins lines (NULL and "": the program's).
 */
uint32_t logger_lines_name(const char *name);

/*
 * A message that came from a channel by this process: a line for the access
 * log, or words, of which each line becomes one.
 */
void logger_lines_take(
    int channel, uint32_t name, pid_t from, struct slice message);

/*
 * Words of the program, without a process, to standard error.
 */
void logger_lines_say(const char *words);

/*
 * The access log is another file.
 */
void logger_lines_change(int log);

/*
 * Tell how many lines were dropped, once there is room to say so and not for
 * each of them; at_once: however lately that was done.  When it is next due
 * (clock_ms(), or CLOCK_NEVER).
 */
void logger_lines_tell(bool at_once);
int64_t logger_lines_tell_at(void);

#endif
