/*
 * turn.h - what the indexer is in the middle of, and the next thing that it
 * does: the inside of work.c.
 */
#ifndef TURN_H
#define TURN_H

#include "indexer/aside.h"
#include "indexer/backlog.h"
#include "indexer/indexer.h"
#include "indexer/news.h"
#include "indexer/watch.h"

struct work {
	struct indexer ix;
	struct watch *watch;
	struct backlog *backlog;
	struct news news;
	struct aside aside;
	bool scan, keywords; /* look through all; keywords have changed */
	bool doubt;          /* somebody touched the file of the index */
	bool gone;           /* the Maildir is, or the index's directory: what
			      * we may reach is not what is there */
	bool sweep;          /* there may be something to clear away */
	bool complete, told; /* all has been looked at; and that was said */
	int failures;        /* one after the other */
	int64_t pause, keep; /* deadlines: until then nothing, the next keep */
};

/*
 * Something has happened (watch_hear()).
 */
void turn_event(void *work, const struct watch_event *);

/*
 * Do the most urgent thing, a bounded part of it; false when there is none.
 */
bool turn(struct work *);

/*
 * Is there nothing that has happened and is not in the index?
 */
bool turn_is_done(const struct work *);

#endif
