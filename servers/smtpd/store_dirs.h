/*
 * store_dirs.h - the directories of the Maildir: between the rooms of the
 * store, not for others.
 */
#ifndef STORE_DIRS_H
#define STORE_DIRS_H

#include <limits.h>
#include <stdbool.h>

#include "bytes/slice.h"

struct store_dirs {
	int root, tmp, new; /* descriptors, opened by store_open() ... */
	int own;            /* ... and of .berth/, what is not mail */
	char host[64];      /* as it stands in names */
};

extern struct store_dirs store_dirs;

/*
 * Move tmp/name to new/name; full: and make the name durable.  Returns 0, or
 * -1 with errno: new/ then does not have it.
 */
int store_move(const char *name, bool full);

/*
 * Link tmp/name into new/ of each folder of the text (names that end in LF;
 * a name twice counts once).  tmp/name stays.  Returns 0, or -1 with errno:
 * no folder then has it.
 */
int store_spread(const char *name, struct slice folders, bool full);

/*
 * For kernels where a child in its sandbox can neither move nor link from one
 * directory to another (Landlock before Linux 5.19 answers EXDEV): copy
 * tmp/name to dir under a hidden name, make it durable, and give it its name
 * there.  Returns 0, or -1 with errno: dir then does not have it.
 */
int store_copy(const char *name, int dir);

#endif
