/*
 * changes.h - wake me when something in the index's directory has changed.
 *
 * The one place where the inbox watches anything: mail/index_watch.h, for the
 * Maildir that this process has.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Begin to watch the index, also one that is not there yet.  Returns a
 * descriptor that can be read when it has changed, close-on-exec, or -1 with
 * errno.
 */
int changes_watch(void);

/*
 * It is not needed any more.  -1 is a no-op.
 */
void changes_forget(int watch);

/*
 * Forget what has made it readable, before looking at the index.  Should the
 * index's directory have been removed, the next one is watched.
 */
void changes_hear(int watch);

#define CHANGES_ABSENT_MS \
	500 /* so long to wait at most without an index:
			       * that the Maildir is removed is not told to
			       * who has it open */

/*
 * Is the Maildir that we have open another one by now than its name leads to,
 * or none: has it been removed, or moved away?  Another process serves what
 * is there then.
 */
bool changes_lost(void);

/*
 * Watch name in the directory dir of the Maildir (inotify's mask).  Returns 0,
 * or -1 with errno.
 */
int changes_add(int watch, const char *dir, const char *name, uint32_t mask);

#endif
