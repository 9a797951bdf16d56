/*
 * smtp.h - one command, one reply: as much SMTP as a test needs.
 */
#ifndef RIG_SMTP_H
#define RIG_SMTP_H

#include <stdbool.h>

#include "bytes/buf.h"

/*
 * Receive one reply, all its lines (RFC 5321 4.2.1), and not a byte more;
 * append it to buf unless buf is NULL.  Returns its code, or 0 (explained)
 * when it is cut, malformed or its lines disagree.
 */
int rig_smtp_reply(int fd, struct buf *);

/*
 * The next reply has this code, or begins with it ("250", "25").  False has
 * been explained.
 */
bool rig_smtp_expect(int fd, const char *code);

/*
 * Send a command, CRLF is added, and expect this code.
 */
bool rig_smtp(int fd, const char *command, const char *code);

#endif
