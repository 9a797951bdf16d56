/*
 * environment.h - what a server keeps of the environment that it was started
 * in.
 *
 * A shell's or a unit's environment may hold what is nobody's business, tokens
 * and passwords among it, and every child has a copy.  Called by server.c,
 * before anything is forked.
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

/*
 * Forget all variables but those of a list, in memory too.
 */
void environment_clean(void);

#endif
