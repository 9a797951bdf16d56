/*
 * live_walk.h - all that is served below the site's folder, once over.
 *
 * Sees what a browser can get, by whatever links that leads there, and nothing
 * else: folders are opened as those of requests are, beneath the folder that is
 * open, so it does not matter who may look into what lies above.
 */
#ifndef LIVE_WALK_H
#define LIVE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "httpd/live_names.h"

#define LIVE_WALK_DIRS 4096 /* more are not looked into */

struct live_walk {
	int64_t since_ms;      /* of clock_file_ms(); 0: times do not matter */
	enum live_change seen; /* what has changed since */
	size_t dirs;
	bool cut;             /* there are more folders */
	size_t shut;          /* folders that we may not look into, ... */
	char first_shut[256]; /* ... one of them, which may be cut */

	/*
	 * Called for each folder, and for each file that may change without
	 * its folder's knowing: it has other names (hard links, a link that
	 * leads elsewhere) or is mounted there.  fd is open for the call.  May
	 * be NULL.
	 */
	void (*folder)(void *own, int fd);
	void (*file)(void *own, int fd, enum live_change);
	void *own;
};

/*
 * Walk.  Deeper folders come later, so a limit leaves out those.
 */
void live_walk(struct live_walk *);

#endif
