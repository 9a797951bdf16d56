/*
 * reader_words.h - what a reader says on its standard error.
 *
 * A reader is taken for hostile, so it does not have the indexer's channel to
 * the logger, which it could shut, fill, or speak by in the indexer's name: it
 * has a pipe to the indexer, which never waits for it and repeats a little of
 * what it says, as what a reader has said.  Called by reader.c.
 */
#ifndef READER_WORDS_H
#define READER_WORDS_H

#include <sys/types.h>

#define READER_WORDS_MAX 4096 /* bytes that are repeated at once */

/*
 * Make one: ends[0] to hear, ends[1] for the reader; neither ever blocks.
 * Returns 0, or -1 with errno.
 */
int reader_words_open(int ends[2]);

/*
 * Repeat what is there.
 */
void reader_words_tell(int end, pid_t reader);

#endif
