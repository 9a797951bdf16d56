/*
 * feed.h - what one client follows: a folder, or all, and what has changed
 * there since it was looked at last.
 *
 * A stream of events and a socket have one each; the words are their own.
 */
#ifndef FEED_H
#define FEED_H

#include <stdbool.h>

#include "inboxd/scope.h"
#include "inboxd/snapshot.h"

struct feed {
	int watch;   /* can be read when there may be something new */
	bool absent; /* there was no index to look at */
	struct scope scope;
	struct snapshot *snapshot;
};

/*
 * Begin with what the request is about.  Returns 0, or 1 when a reply about a
 * fault has been made; it is to be closed in either case.
 */
int feed_open(struct exchange *, struct feed *);

/*
 * Tell what is not as it was last time (snapshot_look()).  Where the index is
 * absent, what was told may be half of it.
 */
void feed_look(struct feed *, snapshot_tell *, void *with);

/*
 * How long to wait for watch, when nothing else is to be done for so many
 * milliseconds.
 */
int64_t feed_wait_ms(const struct feed *, int64_t ms);

/*
 * Forget it.  One of zeroes, and watch -1, is a no-op.
 */
void feed_close(struct feed *);

#endif
