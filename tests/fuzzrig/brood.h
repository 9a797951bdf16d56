/*
 * brood.h - children of a master that are no processes, in place of
 * master/spawn.c, kill(2) and waitpid(2).
 *
 * Each has our end of its control socket, and what the test knows of it.  A
 * target gets them by calling brood_at().
 */
#ifndef BROOD_H
#define BROOD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define BROOD_MAX 4 /* at a time */

struct brood {
	pid_t pid; /* 0: there is none */
	int end;   /* of its control socket */
	bool killed;
	/* For the target. */
	uint64_t handed;
	unsigned kind;
	bool busy, owes;
};

/*
 * The one with this pid, or NULL; and all of them.
 */
struct brood *brood_of(pid_t);
struct brood *brood_at(unsigned);

/*
 * A helper of the master's, which may be killed as well: a new one each time.
 */
struct brood *brood_helper(void);

/*
 * It has ended: the next waitpid() says so; and once more of the last one.
 */
void brood_ends(struct brood *, int status);
void brood_ends_again(void);

/*
 * All are gone, and nobody is told.
 */
void brood_end_all(void);

#endif
