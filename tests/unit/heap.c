#include <criterion/criterion.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/heap.h"

#define PAGE  ((size_t)4096)
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
		/* And one behind the other: nothing of before is in a list. */
		cr_expect_gt((char *)next[i], last, "%zu bytes", 24 + i * 30);
		last = next[i];
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

#if !defined(BERTH_ASAN)

static size_t
pages_that_are_there(char *from, size_t pages)
{
	unsigned char there[LARGE / PAGE];
	size_t n = 0;

	cr_assert_eq(mincore(from, pages * PAGE, there), 0);
	for (size_t i = 0; i < pages; i++)
		n += there[i] & 1;
	return n;
}

#endif

Test(heap, pages_of_zeros_are_given_back)
{
#if defined(BERTH_ASAN)
	cr_skip_test("its malloc(3) has no heap like this");
#else
	char *zeros = malloc(LARGE), *words = malloc(LARGE);
	char *page = zeros + -(uintptr_t)zeros % PAGE;
	size_t pages = LARGE / PAGE - 1;

	cr_assert(zeros != NULL && words != NULL);
	memset(zeros, 0, LARGE);
	memset(words, 'w', LARGE);
	page[2 * PAGE - 1] = 'z';
	cr_assert_eq(pages_that_are_there(page, pages), pages);
	heap_drop_zeros();
	cr_expect_eq(pages_that_are_there(page, pages), 1);
	for (size_t i = 0; i < LARGE; i++) {
		cr_assert_eq(zeros[i],
		    zeros + i == page + 2 * PAGE - 1 ? 'z' : 0, "%zu", i);
		cr_assert_eq(words[i], 'w');
	}
	memset(zeros, 'w', LARGE);
	free(zeros);
	free(words);
#endif
}

/* Does a child have it? */
static bool
is_handed_on(const void *table)
{
	int ends[2], status = -1;
	pid_t pid;

	cr_assert_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) /* the kernel looks, and says EFAULT */
		_exit(write(ends[1], table, 1) == 1 ? 0 : 1);
	cr_assert_gt(pid, 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	close(ends[0]);
	close(ends[1]);
	return status == 0;
}

Test(heap, a_table_is_handed_on_or_not)
{
	size_t n = 3 * 4096 + 1;
	char *table = heap_own(n);

	cr_assert_not_null(table);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(table[i], 0);
	cr_expect(is_handed_on(table + n - 1));
	heap_hand_on(table, n, false);
	cr_expect(!is_handed_on(table));
	cr_expect(!is_handed_on(table + n - 1));
	heap_hand_on(table, n, true);
	cr_expect(is_handed_on(table + n - 1));
	heap_disown(table, n);
	heap_disown(NULL, n);
}
