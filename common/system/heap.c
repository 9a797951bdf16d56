/*
 * heap.c - gaps in the heap, used up before the forks, and pages of zeros.
 */
#include "system/heap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGEST  65536 /* a gap that is larger is a good place to begin */
#define SMALLEST 24    /* of glibc's malloc(3) */
#define FINE     1032  /* up to here it has a list of its own for ... */
#define STEP     16    /* ... each size, in such steps */
#define MOST     65536
#define PAGE     ((size_t)4096)

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

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
extern char _end[]; /* of the program's own memory */

static bool
is_zero(const char *page)
{
	return page[0] == 0 && memcmp(page, page + 1, PAGE - 1) == 0;
}

/* Where the heap begins that ends there: below it nothing is mapped, or what
 * the program began with.  (That of a static program lies elsewhere.) */
static char *
beginning(char *end)
{
	char *least = _end < end ? _end + PAGE : NULL;
	char *at = end;
	unsigned char there;

	while (at > least && mincore(at - PAGE, PAGE, &there) == 0)
		at -= PAGE;
	return at;
}

void
heap_drop_zeros(void)
{
	char *end = sbrk(0);
	size_t run;

	if ((uintptr_t)end % PAGE != 0)
		return; /* it is somebody else's */
	for (char *at = beginning(end); at < end; at += run + PAGE) {
		for (run = 0; at + run < end && is_zero(at + run);)
			run += PAGE;
		if (run > 0)
			madvise(at, run, MADV_DONTNEED);
	}
}

#else

void
heap_fill_gaps(void)
{
}

void
heap_drop_zeros(void)
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
