/*
 * watch.h - what happens in a Maildir, as the kernel tells it (inotify(7)).
 *
 * Directories are opened without following links and watched by their
 * descriptor, so nobody leads us to watch anything else.  A folder that is
 * made later is watched as soon as it is heard of; it must then be looked
 * through, for something may be in it already.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>

#include "mail/maildir.h"

enum watch_kind {
	WATCH_CAME,     /* file is there now */
	WATCH_WRITTEN,  /* file is there and somebody has written to it */
	WATCH_MADE,     /* file is there, and may be being written */
	WATCH_WENT,     /* file is not there any more */
	WATCH_AWAY,     /* likewise, and may be there under another name */
	WATCH_FOLDER,   /* a folder is new, or changed: look through it */
	WATCH_KEYWORDS, /* a folder's keywords have other names now */
	WATCH_INDEX,    /* somebody did something to the index's file */
	WATCH_SYNC,     /* name waits for the index (aside.h) */
	WATCH_LOST,     /* too much at once: look through all */
	WATCH_GONE,     /* the Maildir itself is gone */
};

struct watch_event {
	enum watch_kind kind;
	struct maildir_file file; /* name may be empty: only the folder */
};

struct watch;

/*
 * Watch a Maildir and all its folders.  Returns NULL with errno.  Freeing NULL
 * is a no-op.
 */
struct watch *watch_new(const struct maildir *);
void watch_free(struct watch *);

/*
 * Is there a directory that could not be watched?  (That was said.)
 */
bool watch_is_partial(const struct watch *);

/*
 * Readable when there is something to hear.
 */
int watch_fd(const struct watch *);

/*
 * Hear all there is; never waits.  Returns how many events were told.
 */
typedef void watch_each(void *with, const struct watch_event *);
int watch_hear(struct watch *, watch_each *, void *with);

#endif
