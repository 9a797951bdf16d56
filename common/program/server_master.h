/*
 * server_master.h - a server's process becomes the master.  For server.c.
 */
#ifndef SERVER_MASTER_H
#define SERVER_MASTER_H

#include "child/child.h"
#include "master/listeners.h"
#include "service/server.h"

/*
 * Open the listeners unless they were inherited, keep of root's rights what is
 * needed, and be the master until it ends (master.h).  reload_state: where the
 * image before has left it, or -1; argv: what the next image is started with.
 * Returns the exit code.  What the master cannot do without ends the program.
 */
int server_master(struct server *, const struct child_setup *,
    struct listeners *, int reload_state, char **argv);

#endif
