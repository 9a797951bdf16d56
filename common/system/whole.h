/*
 * whole.h - a server's other image.
 *
 * A server is linked twice from the same objects.  The plain image, which is
 * what people start, has the C library in it: each child has eleven mappings
 * less, and fewer pages.  It cannot load anything, and so knows of TLS and of
 * the name service nothing.  The whole image can; it lies below the folder of
 * the plain one (beside.h), and takes its place when the options ask for it:
 * a server that begins sees to that before it has done anything
 * (program/server_whole.h).  A reload starts with the plain one again, so it can
 * change.
 *
 * Where there is no plain image (a sanitizer, make PLAIN=) the programs are
 * whole themselves.
 */
#ifndef WHOLE_H
#define WHOLE_H

#include <stdbool.h>

#define WHOLE_FOLDER "whole"

bool whole_is(void);

/*
 * Before anything else: note what it was started with.  argv lives on.
 */
void whole_note(char *const *argv);

/*
 * Become the whole image of this program, with what was noted; descriptors are
 * as they are.  Does nothing in a whole one.  Returns only when that fails,
 * with errno.
 */
void whole_become(const char *program);

#endif
