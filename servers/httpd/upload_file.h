/*
 * upload_file.h - one file on its way into a folder: whole, or not at all.
 *
 * It has no name before all of it is on the disk, where the file system can do
 * that (O_TMPFILE): then nothing is left of one that is not finished, whatever
 * ends the process.  Knows nothing of HTTP.
 */
#ifndef UPLOAD_FILE_H
#define UPLOAD_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/slice.h"

/* What a file is called before it has its name, where it must be called
 * something: hidden, and no name that may be put. */
#define UPLOAD_PART ".berth-upload-"

struct upload_file {
	int dir, fd;
	uint64_t n;
	char part[64]; /* empty: it has no name */
};

/*
 * May one get this name in an open folder?  *there: it takes the place of
 * another.  EEXIST, EISDIR: it may not.
 */
int upload_file_check(int dir, const char *name, bool overwrite, bool *there);

/*
 * Begin one in an open folder.  Returns 0 or an errno, as the others do.
 */
int upload_file_begin(struct upload_file *, int dir);

/*
 * Add to it.  EFBIG: it would be more than most.
 */
int upload_file_add(struct upload_file *, struct slice, uint64_t most);

/*
 * All of it is there: give it its name.  EEXIST: there is one already, and it
 * must not be replaced.  After that, or instead: upload_file_drop().
 */
int upload_file_name(struct upload_file *, const char *name, bool overwrite);

/*
 * Let go of it; what has no name of its own by now is gone.
 */
void upload_file_drop(struct upload_file *);

#endif
