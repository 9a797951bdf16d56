/*
 * read.h - what a message says, by the reader, or raw where there is none.
 */
#ifndef READ_H
#define READ_H

#include "bytes/buf.h"

struct reader;

/*
 * Add the document (mail/record.h) of the mail file fd to json, of at least
 * RECORD_MAX.  If the reader dies of it or takes too long, that costs this one
 * message: it is shown raw, and name is said in the log.  Returns 0, or -1
 * with errno.
 */
int read_message(struct reader *, int fd, const char *name, struct buf *json);

/*
 * Raw in any case.
 */
int read_raw(int fd, const char *why, struct buf *json);

#endif
