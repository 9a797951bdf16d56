/*
 * heap.c - gaps in the heap, used up before the forks.
 */
#include "system/heap.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGEST  65536 /* a gap that is larger is a good place to begin */
#define SMALLEST 24    /* of glibc's malloc(3) */
#define FINE     1032  /* up to here it has a list of its own for ... */
#define STEP     16    /* ... each size, in such steps */
#define MOST     65536

#if !defined(BERTH_ASAN) /* whose malloc(3) leaves no gaps */

struct gap {
	struct gap *next;
};

static struct gap *gaps; /* so that they are not leaks */

static size_t
next_smaller(size_t size)
{
	if (size <= FINE)
		return size - STEP;
	return size * 3 / 4 > FINE ? size * 3 / 4 : FINE;
}

/* One of this size, kept for ever.  Returns whether it lay in a gap, and not at
 * the place where all that comes will lie: a gap that is large, or the end. */
static bool
fill_one(size_t size, uintptr_t place)
{
	struct gap *one = malloc(size);
	bool in_gap = one != NULL && (uintptr_t)one - place >= LARGEST;

	/* There only small ones: libc would keep each in the list
	 * of its size, and what comes next would lie here and there. */
	if (one != NULL && (in_gap || size <= FINE)) {
		one->next = gaps;
		gaps = one;
	} else {
		free(one);
	}
	return in_gap;
}

void
heap_fill_gaps(void)
{
	size_t left = MOST;
	uintptr_t place;
	void *last;

	last = malloc(LARGEST);
	place = (uintptr_t)last;
	free(last);
	for (size_t size = LARGEST / 2; last != NULL && size >= SMALLEST;
	     size = next_smaller(size))
		while (left > 0 && fill_one(size, place))
			left--;
}

#else

void
heap_fill_gaps(void)
{
}

#endif

void *
heap_own(size_t n)
{
	void *at = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

void
heap_disown(void *at, size_t n)
{
	if (at != NULL)
		munmap(at, n);
}

void
heap_hand_on(void *at, size_t n, bool on)
{
	/* Where it is refused children are dearer, and all else is the same. */
	madvise(at, n, on ? MADV_DOFORK : MADV_DONTFORK);
}
