/*
 * heap.c - gaps in the heap, used up before the forks; memory that they do not
 * hand on.
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

void
heap_fill_gaps(void)
{
	void *last = malloc(LARGEST);
	uintptr_t place = (uintptr_t)last;
	size_t left = MOST;

	free(last);
	for (size_t size = LARGEST / 2; last != NULL && size >= SMALLEST;
	     size = next_smaller(size)) {
		struct gap *one;

		while ((one = malloc(size)) != NULL &&
		    (uintptr_t)one - place >= LARGEST && left-- > 0) {
			one->next = gaps;
			gaps = one;
		}
		free(one);
	}
}

#else

void
heap_fill_gaps(void)
{
}

#endif

void *
heap_keep_back(size_t n)
{
	void *all = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED)
		return NULL;
	madvise(all, n, MADV_DONTFORK);
	return all;
}

void
heap_free_back(void *all, size_t n)
{
	if (all != NULL)
		munmap(all, n);
}
