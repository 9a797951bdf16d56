#include <criterion/criterion.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "system/heap.h"

#define MANY  2000
#define LARGE ((size_t)100000) /* beyond it there would be a mapping */

#if !defined(BERTH_ASAN)

/* Gaps of all sizes, between blocks that stay. */
static void
make_gaps(void *kept[MANY])
{
	void *gone[MANY];

	for (size_t i = 0; i < MANY; i++) {
		gone[i] = malloc(16 + i * 7 % 3000);
		kept[i] = malloc(24);
	}
	for (size_t i = 0; i < MANY; i++)
		free(gone[i]);
}

#endif

Test(heap, what_comes_next_lies_behind_what_was_there)
{
#if !defined(BERTH_ASAN)
	void *kept[MANY], *next[100];
	char *last = NULL;

	make_gaps(kept);
	for (size_t i = 0; i < MANY; i++)
		if ((char *)kept[i] > last)
			last = kept[i];
	heap_fill_gaps();
	for (size_t i = 0; i < 100; i++) {
		next[i] = malloc(24 + i * 30);
		cr_expect_gt((char *)next[i], last, "%zu bytes", 24 + i * 30);
	}
	for (size_t i = 0; i < 100; i++)
		free(next[i]);
	for (size_t i = 0; i < MANY; i++)
		free(kept[i]);
#else
	heap_fill_gaps(); /* another heap, which it leaves alone */
#endif
}

/* Gaps around it, too, are used up. */
Test(heap, a_large_gap_is_as_good_a_place)
{
#if !defined(BERTH_ASAN)
	void *below[MANY], *above[MANY], *next[100];
	void *large;
	uintptr_t place;

	make_gaps(below);
	large = malloc(LARGE);
	make_gaps(above);
	cr_assert_not_null(large);
	place = (uintptr_t)large;
	free(large);
	heap_fill_gaps();
	for (size_t i = 0; i < 100; i++) {
		next[i] = malloc(24 + i * 10);
		cr_expect_lt((uintptr_t)next[i] - place, LARGE, "%zu bytes",
		    24 + i * 10);
	}
	for (size_t i = 0; i < 100; i++)
		free(next[i]);
	for (size_t i = 0; i < MANY; i++) {
		free(below[i]);
		free(above[i]);
	}
#endif
}
