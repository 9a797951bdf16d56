/*
 * read.c - what a message says.
 */
#include "indexer/read.h"

#include <errno.h>
#include <stdio.h>

#include "indexer/reader.h"
#include "mail/record.h"
#include "system/log.h"

int
read_raw(int fd, const char *why, struct buf *json)
{
	char text[256];

	snprintf(text, sizeof(text),
	    "It is shown as it is, for it could not be read: %s.", why);
	return record_raw(fd, text, json);
}

int
read_message(struct reader *r, int fd, const char *name, struct buf *json)
{
	const char *why;

	if (reader_read(r, fd, json) == 0)
		return 0;
	why = reader_why(r);
	log_warn("%s: the reader %s; the message is shown as it is", name, why);
	return read_raw(fd, why, json);
}
