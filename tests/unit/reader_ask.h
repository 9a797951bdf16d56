/*
 * reader_ask.h - a message is read by a reader.
 */
#ifndef READER_ASK_H
#define READER_ASK_H

#include <errno.h>
#include <unistd.h>

#include "indexer/reader.h"
#include "mail_file.h"

#ifdef BERTH_ASAN /* its own memory is not limited, and it catches signals */
#define ASAN true
#else
#define ASAN false
#endif

static inline int
ask(struct reader *r, const char *what, struct buf *json)
{
	int fd = mail_file(slice_of(what)), status, why;

	status = reader_read(r, fd, json);
	why = errno;
	close(fd);
	errno = why;
	return status;
}

#endif
