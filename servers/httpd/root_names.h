/*
 * root_names.h - the names of a path, followed by inotify(7): one of them is
 * removed, moved, made anew, or is a link that leads elsewhere.
 *
 * The directories that they stand in are watched, and those may be busy ones,
 * such as /tmp.  While all of the path is there, nobody is woken by what is
 * made beside it, and what is removed beside it costs one read(2).
 */
#ifndef ROOT_NAMES_H
#define ROOT_NAMES_H

#include <stdbool.h>

/*
 * Watch an absolute path, and another (NULL: there is none).  Returns a
 * descriptor that becomes readable, or -1 with errno.
 */
int root_names_watch(const char *path, const char *other);

/*
 * It has become readable: may one of the paths mean another directory now?
 * What it then means is watched before this returns, so a look at it misses
 * nothing.
 */
bool root_names_changed(int fd, const char *path, const char *other);

#endif
