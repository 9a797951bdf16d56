/*
 * reader_child.h - the other side of a reader: the process, and how it
 * answers.  Shared by reader.c and reader_child.c only.
 */
#ifndef READER_CHILD_H
#define READER_CHILD_H

#include <stdint.h>

#include "indexer/reader.h"

/* Before each answer. */
struct reader_answer {
	uint32_t error; /* an errno; 0: there is a document */
	uint32_t length;
};

/*
 * Be the process: take files from ask, answer on the pipe, until ask is
 * closed.  words becomes its standard error.
 */
_Noreturn void reader_child(
    const struct reader_wish *, int ask, int answer, int words, pid_t parent);

#endif
