/*
 * keep.h - how many messages are kept, and for how long (--max-messages,
 * --max-age).  The oldest are deleted from the Maildir itself.
 */
#ifndef KEEP_H
#define KEEP_H

#include "indexer/indexer.h"

/*
 * Delete what is too much, some at a time; when all of the Maildir is known,
 * for otherwise nobody knows which is the oldest.  *again_ms becomes how long
 * from now on there is nothing to do: 0 when there is more, CLOCK_NEVER.
 * Returns 0 or an index_status.
 */
int keep(struct indexer *, int64_t *again_ms);

/*
 * Read a time: seconds, or with s, m, h, d or w behind.  Returns 0 or -1.
 */
int keep_age(const char *text, int64_t *seconds);

#endif
