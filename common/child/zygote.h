/*
 * zygote.h - a process that forks the children, so that they are born in the
 * sandbox.
 *
 * Loading the sandbox's filter costs a child more than being forked does.  So
 * one process enters the sandbox (all but Landlock) once and forks children
 * when the master orders them; they inherit what they would have loaded.  It asks the
 * kernel to make them the master's children (CLONE_PARENT): the master reaps
 * them, and they die with the master.  The zygote never sees a connection, a
 * listener or the master's memory since its own birth; nor do its children.
 * Children that are restored (restore.h) load a small filter of their own, and
 * find in it all memory that they are to have.
 *
 * The master does not wait for it: an order is one message and so is the news
 * of a birth.  Without a zygote the master forks by itself (spawn.h).
 */
#ifndef ZYGOTE_H
#define ZYGOTE_H

#include <stdint.h>
#include <sys/types.h>

#include "child/child.h"

#define ZYGOTE_NAME "zygote" /* what ps(1) shows */

struct zygote {
	pid_t pid;   /* 0: there is none */
	int control; /* becomes readable when there is news */
};

#define ZYGOTE_AT_ONCE 4 /* children of one order */

/* The slots that children are ordered for; with it come the descriptors of
 * each, its control socket and its channel to the logger. */
struct zygote_order {
	uint32_t count;
	uint32_t slot[ZYGOTE_AT_ONCE];
};

/* What became of one of them. */
struct zygote_news {
	uint32_t slot;
	int32_t pid; /* of the child, or -errno */
};

/*
 * Fork it.  The setup must be complete; the descriptors that children are to
 * have must be open.  channel is its own end of a channel to the logger
 * (logger.h).  Returns 0, or -1 with errno.
 */
int zygote_start(struct zygote *, const struct child_setup *, int channel);

/*
 * Order children, with their descriptors: two for each.  Returns 0, or -1 with
 * errno (EAGAIN: too many orders), and then nothing is ordered.
 */
int zygote_order(struct zygote *, const struct zygote_order *, const int *fds);

/*
 * Next news.  Returns 1, 0 when there is none now, -1 when the zygote is
 * gone.
 */
int zygote_hear(struct zygote *, struct zygote_news *);

/*
 * Close it: it ends at once, and what was ordered and not born is not born.
 */
void zygote_close(struct zygote *);

#endif
