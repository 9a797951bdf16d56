/*
 * heap.h - what the heap looks like to processes that are forked.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>

/*
 * Before the forks: use up the gaps between what is allocated.  A child's
 * allocations then come from one place, the end of the heap or a gap that is
 * large, and it copies fewer pages of ours than if each came from another gap.  What is used up is
 * lost until the process ends, and costs nothing: it was mapped before.
 */
void heap_fill_gaps(void);

/*
 * Zeroes in memory that fork(2) does not hand on: what a master alone needs may
 * tell of other clients, and a child pays for pages at birth and at death.
 * Returns NULL without memory.  It is freed with the same size.
 */
void *heap_keep_back(size_t n);
void heap_free_back(void *, size_t n);

#endif
