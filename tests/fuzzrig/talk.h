/*
 * talk.h - a client of one conversation, over a socketpair and in one thread.
 *
 * What it says is on its way before the service begins, in pieces that each
 * are one receive (a SEQPACKET socket keeps its records apart).  What it is
 * told it reads when the service waits for room, and at the end.  When there
 * is nothing to hear from it, a wait of the service ends at once with the
 * clock moved ahead (still.h); one without an end is a fault.
 */
#ifndef TALK_H
#define TALK_H

#include <stdbool.h>

#include "bytes/slice.h"
#include "conn/conn.h"

/* How a client behaves. */
struct manner {
	size_t piece; /* bytes at once (more, if there are many) */
	bool stays;   /* it waits behind its last word, and says no more */
};

/*
 * Say all of it.  Returns the service's end; talk_begin() makes it a conn.
 */
int talk_dial(struct slice said, const struct manner *);
void talk_begin(struct conn *c, struct slice said, const struct manner *);

/*
 * The service is done, and has closed its end.  Returns all that it said,
 * good until the next talk.  Empty when there was none.
 */
struct slice talk_end(void);

/*
 * Did that client stay to the end?  One that is told for minutes (a stream of
 * events) goes in the middle of it.
 */
bool talk_stayed(const struct manner *);

#endif
