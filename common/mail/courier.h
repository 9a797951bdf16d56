/*
 * courier.h - each message that comes is brought somewhere: one after the
 * other, and the pauses when that fails.
 *
 * The loop of a helper of the inbox that follows the mail (follow.h).  One
 * that cannot be brought now waits, and all behind it: nothing is kept here,
 * for the Maildir is the queue.  What was received too long ago is tried once
 * and given up, so that an end which is away for days is not a backlog for
 * days.  Each failure is a line of the log.
 */
#ifndef COURIER_H
#define COURIER_H

#include "mail/follow.h"

#define COURIER_PAUSE_MS     1000  /* after a failure, doubled each time ... */
#define COURIER_PAUSE_MAX_MS 60000 /* ... up to this */
#define COURIER_LEAVE_MS     2000  /* for what is under way at the end */

enum courier_end {
	COURIER_ON,      /* it goes on */
	COURIER_DONE,    /* it is there */
	COURIER_REFUSED, /* it never will be; *why */
	COURIER_LATER,   /* it may be tried again; *why */
	COURIER_NOTHING, /* it is not for us */
};

struct courier {
	const char *done; /* in the log before an ID: "told of" */
	int64_t old_ms;   /* received so long ago: not tried again */
	/*
	 * Take in the message, which is called each time that it is tried.
	 */
	index_one *take;
	/*
	 * Begin to bring it.  COURIER_ON: then there is a descriptor in *fd,
	 * and hear() is called when it can be read, or at *deadline.
	 */
	enum courier_end (*begin)(
	    void *own, int *fd, int64_t *deadline, const char **why);
	enum courier_end (*hear)(
	    void *own, int *fd, int64_t *deadline, const char **why);
	/*
	 * Leave off what is under way.
	 */
	void (*leave)(void *own);
};

/*
 * Bring all that comes, until asked to end (SIGTERM).
 */
void courier_work(const struct courier *, struct follow *, void *own);

#endif
