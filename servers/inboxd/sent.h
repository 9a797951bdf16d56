/*
 * sent.h - the bytes of a message as they were sent, whatever ends of lines
 * the Maildir has (grammar/mail_ends.h).
 */
#ifndef SENT_H
#define SENT_H

#include <stdint.h>

#include "bytes/buf.h"

struct exchange;

/*
 * Answer with a message: a file of so many bytes, in which it begins at
 * offset.  The file is closed.
 */
void sent_answer(struct exchange *, int fd, int64_t offset, int64_t size);

/*
 * A whole file that is stored with LF becomes what it would be otherwise, and
 * the other way round.  Without memory for that it stays as it is.
 */
void sent_ends(struct buf *file);

#endif
