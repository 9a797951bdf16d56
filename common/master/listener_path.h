/*
 * listener_path.h - listeners that are files: made and removed with the rights
 * of whose directory they lie in.
 *
 * Called by listeners.c and inherit.c alone.
 */
#ifndef LISTENER_PATH_H
#define LISTENER_PATH_H

#include <stdint.h>

#include "system/addr.h"

/* Which file it is. */
struct listener_file {
	uint64_t inode; /* 0: none */
	int64_t born_s;
	uint32_t born_ns;
};

/*
 * sock_listen() there.  *file becomes what was made.  Returns the
 * descriptor, or -1 with errno: also ELOOP, when we are root and a link that
 * is not root's lies on the way.
 */
int listener_path_open(const struct addr *, int type, struct listener_file *);

/*
 * The socket that is there now.
 */
struct listener_file listener_path_look(const struct addr *);

/*
 * Remove that file, if it is still there; what cannot be is said.
 */
void listener_path_remove(const struct addr *, const struct listener_file *);

#endif
