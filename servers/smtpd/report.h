/*
 * report.h - the access log: a line for each message, and one for each
 * conversation that brought none.
 *
 * common    ADDRESS - USER [DATE] "MAIL FROM:<a> TO:<b>" CODE BYTES
 * combined  the same, and "HELO" "ID"
 * json      {"time":...,"client":...,"user":...,"from":...,"to":[...],
 *            "code":...,"bytes":...,"helo":...,"id":...}
 */
#ifndef REPORT_H
#define REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "bytes/slice.h"

#define REPORT_REFUSED 20

struct session;

/*
 * What became of a message of so many bytes; the last reply tells.
 */
void report_message(const struct session *, uint64_t size, const char *id);

/*
 * A message that was refused before it could come, with this code: counted only.
 */
void report_lost(int code);

/*
 * A sender, recipient or login was refused, by the last reply: a line for people, for
 * the first REPORT_REFUSED of a conversation.  line: of the rule that wanted
 * it, or 0.
 */
void report_refused(
    struct session *, const char *stage, struct slice address, size_t line);

/*
 * A conversation that brought no message: the last reply tells why.
 */
void report_session(const struct session *);

#endif
