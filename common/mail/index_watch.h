/*
 * index_watch.h - wake me when the index has changed.
 *
 * A Maildir is known by its descriptor, and cannot always be named by a path;
 * so a directory is entered for a moment, and what is in it watched by its own
 * name: the working directory of the process becomes another one.
 */
#ifndef INDEX_WATCH_H
#define INDEX_WATCH_H

#include <stdint.h>

/*
 * Begin to watch the index of the Maildir root, also one that is not there
 * yet.  Returns a descriptor that can be read when it has changed,
 * close-on-exec and non-blocking, or -1 with errno.
 */
int index_watch_new(int root);

/*
 * Forget what has made it readable, before looking at the index.  Should the
 * index's directory have been removed, the next one is watched.
 */
void index_watch_hear(int watch, int root);

/*
 * Watch name in the directory dir of the Maildir as well (inotify's mask).
 * Returns 0, or -1 with errno.
 */
int index_watch_add(
    int watch, int root, const char *dir, const char *name, uint32_t mask);

#endif
