/*
 * holder.h - who holds a port that is busy, as /proc tells it.
 */
#ifndef HOLDER_H
#define HOLDER_H

#include <stdbool.h>

#include "system/addr.h"

#define HOLDER_MAX_TEXT 160

/*
 * Find the process that holds this address (SOCK_STREAM or SOCK_DGRAM), and
 * write who it is: "nginx (process 123)", or "a process of user alice" where
 * we may not look further.  False, with text "", when /proc does not tell.
 */
bool holder_find(const struct addr *, int type, char text[HOLDER_MAX_TEXT]);

#endif
