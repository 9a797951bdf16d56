/*
 * read.c - what a message says.
 */
#include "indexer/read.h"

#include "mail/document.h"

int
read_raw(int fd, struct buf *json)
{
	return document_raw(
	    fd, "its parts could not be read: it is shown as it is", json);
}

int
read_message(struct reader *r, int fd, struct buf *json)
{
	(void)r;
	return read_raw(fd, json);
}
