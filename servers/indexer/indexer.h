/*
 * indexer.h - berth-indexer: keeps the index of a Maildir as the Maildir is.
 *
 *	main.c		options, whose rights, and the end
 *	watch		what happens in the Maildir, from the kernel
 *	news		what has happened and is to be looked at
 *	scan		the whole Maildir held against the index
 *	backlog		messages that a scan has found and nobody has read yet
 *	take		one message into the index
 *	keep		how many messages are kept, and for how long
 *	turn		all of that in turns, in small transactions
 *	work		one life of it, and
 *	lives		one after the other
 *	enclose		its sandbox
 *
 * It is slow where others must not be: a receiver never waits for it, and a
 * message that comes while ten thousand are being read is next.
 */
#ifndef INDEXER_H
#define INDEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/index_write.h"
#include "mail/maildir.h"

struct indexer_options {
	const char *path;
	int fd;                /* the Maildir itself, or -1: by its path */
	bool once;             /* index all and end */
	uint64_t max_messages; /* 0: no end */
	int64_t max_age_s;     /* 0: no end */
	int notify;            /* descriptor for a byte, or -1 */
	bool bare;             /* no sandbox */
	bool again;            /* not the first life */
};

/* How a life ends whose Maildir, or index's directory, has been removed or
 * moved away; and how we do, when it is no more what our descriptor is: then
 * the server opens it anew (CONDUCT_STALE). */
#define INDEXER_ANEW 14

struct reader;

/* What the rooms share. */
struct indexer {
	const struct indexer_options *o;
	struct maildir *m;
	struct index_writer *w;
	struct reader *reader;
};

/*
 * work.c: do it until asked to end (SIGTERM, SIGINT), or until it is all done
 * (once), in the sandbox.  Returns an exit code.
 */
int indexer_work(const struct indexer_options *);

/*
 * lives.c: do that in a process of its own, and again in another one when it
 * has to begin anew.  Returns an exit code.
 */
int indexer_live(const struct indexer_options *);

#endif
