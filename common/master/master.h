/*
 * master.h - the keeper: listens, accepts, hands each connection to a child,
 * reaps, refills, drains.
 *
 * It never reads a byte that a client sent, never sleeps and never blocks.
 */
#ifndef MASTER_H
#define MASTER_H

#include "child/child.h"
#include "master/listeners.h"
#include "service/server.h"

/* What server_main() has made ready. */
struct master_plan {
	const struct server *server;
	struct listeners *listeners;
	struct child_setup setup;
	char *const *argv; /* as main() got it, for exec and reloads */
	const char *path;  /* of the program's file */
	const char *image; /* the same, or its whole image (system/whole.h) */
	bool reloaded;     /* we are the successor of an earlier image ... */
	int reload_state;  /* ... which left this (reload_state.h) */
	void (*announced)(void); /* called behind the ready lines */
};

/*
 * Run until asked to stop.  Returns the exit code.
 */
int master_run(const struct master_plan *);

#endif
