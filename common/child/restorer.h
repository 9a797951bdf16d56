/*
 * restorer.h - a process that puts children back into their pristine state
 * between two clients (--isolation restore).
 *
 * It knows what a child's memory was before its first client, and waits for
 * calls from three places in the program (restore_point.h), which the kernel
 * reports and which no child can imitate.  At the first it learns that memory.
 * At the second it says which pages may have been written since, and the
 * process puts them back and goes on from the first.  At the third it tells
 * the master that the child is idle.  A child that calls from elsewhere, or
 * out of turn, is never answered, and the master is told.
 *
 * It has each child's memory by descriptors that the child opened at its
 * birth, so it needs no rights: it cannot open a file or trace a process.  It
 * reads nothing of a child that has met a client but which pages it has
 * written, how many faults of pages it had, and that its signals wait: one
 * that were delivered behind its back would write on a stack of the last
 * client's choice.  When it ends, children end after their present client.
 */
#ifndef RESTORER_H
#define RESTORER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "child/pristine.h"

struct child_setup;

#define RESTORER_NAME "restorer" /* what ps(1) shows */

/* What a child gives it at its birth, in this order. */
enum restorer_file {
	RESTORER_MEM,
	RESTORER_PAGEMAP,
	RESTORER_STAT,
	RESTORER_MAPS,
	RESTORER_LISTENER, /* of its calls */
	RESTORER_FILES
};

struct restorer_hello {
	int32_t pid;
};

/* What it tells the master. */
enum restorer_word {
	RESTORER_IDLE = 1,  /* is pristine and waits */
	RESTORER_STRAY = 2, /* called from where no child calls */
};

struct restorer_news {
	int32_t pid;
	uint32_t word;   /* enum restorer_word */
	uint64_t served; /* clients, all of them before this */
};

#define RESTORER_NEWS 32 /* in one message, at most */

struct restorer {
	pid_t pid;             /* 0: there is none */
	int control;           /* becomes readable when there is news, or -1 */
	int introduction;      /* the end that children are born with, or -1 */
	struct pristine store; /* what its children copy from */
};

/*
 * Can children be restored here?  *why becomes the reason why not, in words.
 */
bool restorer_possible(const char **why);

/*
 * Fork it.  The setup must be complete; channel is its own end of a channel to
 * the logger (logger.h).  Returns 0, or -1 with errno.
 */
int restorer_start(struct restorer *, const struct child_setup *, int channel);

/*
 * Next news.  Returns how many, 0 when there are none now, -1 when it is gone,
 * or says what it never does.
 */
int restorer_hear(struct restorer *, struct restorer_news[RESTORER_NEWS]);

/*
 * Close it: it ends at once.
 */
void restorer_close(struct restorer *);

#endif
