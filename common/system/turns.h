/*
 * turns.h - who is next on the processor.
 *
 * Where many children are busy, the master and the zygote would have one share
 * among all of theirs, and who is new would wait for it.  So those two ask for
 * their turns soon, and who keeps asking gives way.
 */
#ifndef TURNS_H
#define TURNS_H

#define TURNS_MANY 32 /* requests of one client, and then: */
#define TURNS_LESS 10 /* added to what its process's nice value was */

/*
 * The master, the zygote: have short turns and have them early.  What is forked
 * has usual ones.  Needs no right; a kernel that cannot (before Linux 6.12)
 * does nothing.
 */
void turns_soon(void);

/*
 * Before forks: the kernel shall no longer write for the C library which
 * processor this process and its children are on (rseq(2)).  Each of them would
 * copy a page for that, and nobody asks.
 */
void turns_unseen(void);

/*
 * A child whose client has asked so often: give way to the others, once and for
 * all.  There is no way back, and none is needed: the next client has a process
 * of its own, or, where processes are used again, one as patient as the others.
 */
void turns_give_way(void);

#endif
