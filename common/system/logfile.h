/*
 * logfile.h - the access log: a file that is only ever added to.
 *
 * Where there is a logger (child/logger.h) only that has the file: the master
 * opens it and passes it on, and a line of a child is a message (log_send()).
 * A server without a master, as under inetd, adds to the file by itself.
 */
#ifndef LOGFILE_H
#define LOGFILE_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/* LOG_AUTO is one of the others once it is known where the log goes. */
enum log_format { LOG_COMMON, LOG_COMBINED, LOG_JSON, LOG_SHORT, LOG_AUTO };

/*
 * Open path for appending ("-" is standard error, "off" no log at all),
 * creating it with mode 0640.  Returns 0, or -1 with errno: ELOOP when somebody
 * else's link is in the way of root (path.h).
 */
int logfile_open(const char *path);

/*
 * Open the same path again on the same descriptor number, after the old file
 * was renamed (USR1).  On failure the old one stays.  Returns 0, or -1 with
 * errno.
 */
int logfile_reopen(void);

/*
 * In a child: the file is the logger's, and closed here; and in one that has
 * just been exec'd: there is one, if path is not "off".
 */
void logfile_leave(void);
void logfile_of_logger(const char *path);

/*
 * The descriptor of the file, -1 when there is none (standard error does not
 * count, for it is never opened again).
 */
int logfile_fd(void);

/*
 * Is there a log to write to?  Saves the work of making a line.
 */
bool logfile_is_on(void);

/*
 * What a line has of the time and of this process: "[27/Nov/2026:...]" for the
 * common formats, "{"time":"...","pid":1234" in JSON, which begins the object.
 */
void logfile_stamp(struct buf *line, enum log_format);

/*
 * What a line of LOG_SHORT begins with: the time, and the status of a reply.
 */
void logfile_stamp_short(struct buf *line, int status);

/*
 * Add a line, which must end in LF, with one write.  A line that cannot be
 * written is lost, and that is said on standard error.
 */
void logfile_add(struct slice line);

#endif
