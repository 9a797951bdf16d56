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
 *	work		all of that in turns, in small transactions
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
};

struct reader;

/* What the rooms share. */
struct indexer {
	const struct indexer_options *o;
	struct maildir *m;
	struct index_writer *w;
	struct reader *reader;
};

/*
 * work.c: do it until asked to end (SIGTERM, SIGINT).  Returns an exit code.
 */
int indexer_work(const struct indexer_options *);

#endif
