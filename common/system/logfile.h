/*
 * logfile.h - the access log: a file that is only ever added to.
 *
 * Opened by the master (O_APPEND) before the first fork; children inherit the
 * descriptor, so they can add and need no right to open anything.
 */
#ifndef LOGFILE_H
#define LOGFILE_H

#include "bytes/slice.h"

/* LOG_AUTO is one of the others once it is known where the log goes. */
enum log_format { LOG_COMMON, LOG_COMBINED, LOG_JSON, LOG_SHORT, LOG_AUTO };

/*
 * Open path for appending ("-" is standard error, "off" no log at all),
 * creating it with mode 0640.  Returns 0, or -1 with errno.
 */
int logfile_open(const char *path);

/*
 * Open the same path again on the same descriptor number, after the old file
 * was renamed (USR1).  On failure the old one stays.  Returns 0, or -1 with
 * errno.
 */
int logfile_reopen(void);

/*
 * The descriptor of the file, -1 when there is none (standard error does not
 * count, for it is never opened again); and, in another process that has the
 * same log, put a newly opened one in its place.  logfile_take returns 0, or
 * -1 with errno.
 */
int logfile_fd(void);
int logfile_take(int fd);

/*
 * Is there a log to write to?  Saves the work of making a line.
 */
int logfile_is_on(void);

/*
 * Add a line, which must end in LF, with one write.  A line that cannot be
 * written is lost, and that is said once on standard error.
 */
void logfile_add(struct slice line);

#endif
