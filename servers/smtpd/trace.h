/*
 * trace.h - what is put before a message: the envelope, and how it came.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "smtpd/envelope.h"

/* Each parameter and address twice at most, and the lines around. */
#define TRACE_MAX (4 * ENVELOPE_RCPTS_MAX)

struct session;

/*
 * Add the block (mail_trace.h) for the mail being sent to out; headless: the
 * message does not begin with a header.
 */
void trace_make(
    const struct session *, const char *id, bool headless, struct buf *out);

#endif
