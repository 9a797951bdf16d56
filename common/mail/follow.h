/*
 * follow.h - each message that comes, once: for who does something with all
 * new mail, such as telling a program of it.
 *
 * The queue is the Maildir: nothing is kept in memory but how far the reader
 * has come, and that is kept in a small file beside the index as well, so that
 * another process goes on there.  What was given and not said to be done comes
 * again.  Called by helpers of the inbox.
 *
 * Mail that was there before the first reader began is not new; in a Maildir
 * that is younger than a minute all is.  When the index is made anew what was
 * received after the last message that is done is new.  A message in several
 * folders comes once.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "mail/index.h"

struct follow;

/*
 * Follow the mail of the Maildir root, which is to stay open.  name is that of
 * the file in .berth/ where the way is kept; one at a time uses it.  Opens all
 * that is written, so what follows may be done in a sandbox that only reads.
 * Returns NULL with errno.  Closing NULL is a no-op.
 */
struct follow *follow_open(int root, const char *name);
void follow_close(struct follow *);

/*
 * Call each with the oldest message that is not done yet.  Returns 1; 0 when
 * there is none, or an index_status: then ask again when follow_fd() can be
 * read, or after FOLLOW_AGAIN_MS.
 */
#define FOLLOW_AGAIN_MS 2000
int follow_next(struct follow *, index_one *each, void *with);

/*
 * The message that follow_next() gave is done with.
 */
void follow_done(struct follow *);

/*
 * Readable when something has changed; -1 where nothing can be watched.
 */
int follow_fd(const struct follow *);

#endif
