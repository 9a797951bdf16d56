/*
 * watch_inside.h - what the two files of a watch share.  Nobody else includes
 * it.
 */
#ifndef WATCH_INSIDE_H
#define WATCH_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/watch.h"

/* A directory that is watched. */
struct place {
	int wd;
	enum { ROOT, FOLDER, PART, INDEX, SYNC } kind;
	enum maildir_part part;
	char *folder;
};

struct watch {
	int fd;
	const struct maildir *m;
	struct place *places; /* in the order of wd */
	size_t count, room;
	bool full; /* that was said */
};

/*
 * watch_places.c: the directory with this number, or NULL; it is watched no
 * more; it is (p->folder is the watch's then): 0, or -1 without memory.
 */
struct place *watch_place_of(const struct watch *, int wd);
void watch_forget(struct watch *, int wd);
int watch_remember(struct watch *, const struct place *);

#endif
