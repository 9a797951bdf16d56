/*
 * permit.h - what a child may say and how it may end, by what it does now.
 *
 * A child that was taken over says what it likes.  So a word or an exit code
 * counts only in a state in which a child of ours can say it; the state is
 * what the master has done with the child, never what the child has said of
 * itself.  Called only by reap.c.
 */
#ifndef PERMIT_H
#define PERMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "master/pool.h"

enum child_stage {
	STAGE_FRESH,   /* it was never handed anything */
	STAGE_READING, /* it was lent a datagram socket */
	STAGE_ASKING,  /* it has one of a proxy, and has not said whose it is */
	STAGE_SERVING, /* it has a connection, or has taken its datagram */
	STAGE_RESTING, /* it has served, and waits for another (reuse) */
	STAGE_LEAVING, /* it has served, and was let go */
};

/*
 * Where it is, as the master knows from what it did with it.
 */
enum child_stage permit_stage(const struct child *);

/*
 * What it does, in words.
 */
const char *permit_stage_word(enum child_stage);

/*
 * May it say this, when a child serves reuse connections (0: no end)?
 */
bool permit_word(const struct child *, char word, uint64_t reuse);

/*
 * May it leave with this code?
 */
bool permit_exit(const struct child *, int code);

#endif
