/*
 * scratch.h - a directory for the files of one process, gone at its end.
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>

#define SCRATCH_MAX 256 /* bytes of a path */

/*
 * The directory, made when first asked for.  In memory, where that is to be
 * had.
 */
const char *scratch(void);

/*
 * The path of a name in it; good until the next call.
 */
const char *scratch_path(const char *name);

/*
 * Make a file there (and no directories) of these bytes, last changed in 2020.
 */
void scratch_file(const char *name, const void *bytes, size_t n);

#endif
