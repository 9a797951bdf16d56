/*
 * heap.h - what the heap looks like to processes that are forked.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Before the forks: use up the gaps between what is allocated.  A child's
 * allocations then come from one place, the end of the heap, and it copies
 * fewer pages of ours than if each came from another gap.  What is used up is
 * lost until the process ends, and costs nothing: it was mapped before.  In the
 * process that forks the one that forks, for there the heap grows in one piece:
 * what a child of ours adds to it is a mapping more in each of its own.
 */
void heap_fill_gaps(void);

/*
 * Before the forks, too: give back the heap's pages that hold nothing but
 * zeros.  They are so when somebody looks again, and a fork copies no entries
 * of them.  (What libmagic keeps for its regular expressions is 39 of 62.)
 */
void heap_drop_zeros(void);

/*
 * n bytes, all 0, for a table of this process's own.  NULL with errno ENOMEM.
 */
void *heap_own(size_t n);
void heap_disown(void *, size_t n);

/*
 * Does a process that is forked from now on get a copy of such a table?  It
 * does, until this says otherwise.  A child pays for each page of it, at birth
 * and at death, whether it looks or not; and what it has not, nobody finds in
 * it.
 */
void heap_hand_on(void *, size_t n, bool);

#endif
