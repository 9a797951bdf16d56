#include <criterion/criterion.h>
#include <malloc.h>
#include <stdlib.h>

#include "system/heap.h"

#define MANY 2000

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
