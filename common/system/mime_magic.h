/*
 * mime_magic.h - what libmagic knows of files that are no text; for mime.c
 * alone.
 *
 * Its database is 8 MB, of which a look goes through nearly all.  So a process
 * that forks others keeps it in huge pages: of shared ones a fork copies nothing
 * and a child's look faults in four; else of its own, four entries for a fork to
 * copy; where there are none at all it is a mapped file, whose pages each child
 * then maps when it looks.
 */
#ifndef MIME_MAGIC_H
#define MIME_MAGIC_H

#include "bytes/slice.h"
#include "system/mime.h"

/*
 * See mime_prepare().
 */
void mime_magic_prepare(enum mime_when);

/*
 * The media type for these bytes, or NULL when it cannot be said.
 */
const char *mime_magic(struct slice first);

#endif
