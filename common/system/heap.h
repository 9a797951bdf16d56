/*
 * heap.h - what the heap looks like to processes that are forked.
 */
#ifndef HEAP_H
#define HEAP_H

/*
 * Before the forks: use up the gaps between what is allocated.  A child's
 * allocations then come from one place, the end of the heap or a gap that is
 * large, and it copies fewer pages of ours than if each came from another gap.  What is used up is
 * lost until the process ends, and costs nothing: it was mapped before.
 */
void heap_fill_gaps(void);

#endif
