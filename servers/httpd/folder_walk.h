/*
 * folder_walk.h - one entry after another of all that lies below a directory.
 */
#ifndef FOLDER_WALK_H
#define FOLDER_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "httpd/folder.h"

struct folder_walk;

/*
 * Begin below the directory of this name.  Returns NULL with errno.
 */
struct folder_walk *folder_walk_begin(const char *dir);

/*
 * The next one: a directory, or a file, which is then open as *fd (-1 for a
 * directory) and to be closed.  What cannot be opened is passed over, which is
 * logged.  *name is what stands behind the directory's name, good until the
 * next call.  Returns whether there is one.
 */
bool folder_walk_next(
    struct folder_walk *, const char **name, struct stat *, int *fd);

/*
 * Free it, wherever it has come to.
 */
void folder_walk_end(struct folder_walk *);

#endif
