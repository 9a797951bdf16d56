/*
 * nursery.h - a process that bears children, so that they are born sandboxed.
 *
 * Loading the sandbox's filter costs a child more than being forked does.  So one
 * process enters the sandbox (all but Landlock) once and forks children when the
 * master orders them; they inherit what they would have loaded.  It asks the
 * kernel to make them the master's children (CLONE_PARENT): the master reaps
 * them, and they die with the master.  The nursery never sees a connection, a
 * listener or the master's memory since its own birth; nor do its children.
 *
 * The master does not wait for it: an order is one message and so is the news
 * of a birth.  Without a nursery the master forks by itself (spawn.h).
 */
#ifndef NURSERY_H
#define NURSERY_H

#include <stdint.h>
#include <sys/types.h>

#include "child/child.h"

#define NURSERY_NAME "nursery" /* what ps(1) shows */

struct nursery {
	pid_t pid;   /* 0: there is none */
	int control; /* becomes readable when there is news */
};

/* What became of an order. */
struct nursery_news {
	uint32_t slot;
	int32_t pid; /* of the child, or -errno */
};

/*
 * Fork it.  The setup must be complete; the descriptors that children are to
 * have must be open.  Returns 0, or -1 with errno.
 */
int nursery_start(struct nursery *, const struct child_setup *);

/*
 * Order a child for a slot, with its end of the control socket.  Returns 0, or
 * -1 with errno (EAGAIN: too many orders).
 */
int nursery_order(struct nursery *, uint32_t slot, int control);

/*
 * The access log was opened again: children ordered from now on get this one.
 * Returns as nursery_order().
 */
int nursery_change_log(struct nursery *, int log);

/*
 * Next news.  Returns 1, 0 when there is none now, -1 when the nursery is
 * gone.
 */
int nursery_hear(struct nursery *, struct nursery_news *);

/*
 * Let it go: it ends at once, and what was ordered and not born is not born.
 */
void nursery_close(struct nursery *);

#endif
