/*
 * restorer_shapes.c - pages that children have in common, and the words in
 * which one differs.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "child/pristine.h"
#include "child/restorer_shapes.h"

#define AT   0x10000
#define ROOM 64

static uint64_t page[SHAPES_WORDS], got[SHAPES_WORDS];
static struct restore_copy list[ROOM];
static struct pristine store;

static void
begin(void)
{
	cr_assert_eq(pristine_open(&store), 0);
	shapes_keep_in(&store);
}

/* A page of its own for each, and no word of it is 0. */
static void
fill(uint64_t with)
{
	for (size_t i = 0; i < SHAPES_WORDS; i++)
		page[i] = with << 32 | (i + 1);
}

/* What a child does with its list (restore_point.c). */
static void
obey(size_t lines)
{
	memset(got, 0xee, sizeof(got));
	for (size_t i = 0; i < lines; i++) {
		uint64_t to = list[i].to - AT;

		cr_assert_lt(to, SHAPES_PAGE);
		if ((to & RESTORE_WORD) != 0)
			got[to / sizeof(*got)] = list[i].from;
		else if (list[i].from == 0)
			memset(got, 0, sizeof(got));
		else
			memcpy(got,
			    /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
			    (const char *)(uintptr_t)list[i].from, sizeof(got));
	}
}

static void
expect(struct shaped *p, size_t lines)
{
	cr_assert_eq(shapes_list(p, AT, list, ROOM), lines);
	obey(lines);
	if (lines > 0)
		cr_expect_arr_eq(got, page, sizeof(page));
	memset(got, 0xee, sizeof(got));
	shapes_write(p, got);
	cr_expect_arr_eq(got, page, sizeof(page));
}

static void
learn_and_expect(size_t lines)
{
	struct shaped p;

	cr_assert_eq(shapes_learn(&p, AT, page), 0);
	expect(&p, lines);
	shapes_forget(&p);
	cr_expect_not(shapes_has(&p));
}

/* A pid, or where the stack was, is no reason to write a whole page. */
Test(restorer_shapes, few_words_of_its_own)
{
	begin();
	fill(1);
	learn_and_expect(1);
	page[3]++;
	page[511] = 0;
	learn_and_expect(3);
	cr_expect_eq(store.used, 1, "%zu pages are kept", store.used);
}

Test(restorer_shapes, zeros_with_and_without_words)
{
	struct shaped p;

	begin();
	cr_assert_eq(shapes_learn(&p, AT, page), 0);
	cr_expect_not(shapes_has(&p));
	expect(&p, 1);
	page[7] = 7;
	cr_assert_eq(shapes_learn(&p, AT, page), 0);
	cr_expect(shapes_has(&p));
	expect(&p, 2);
	shapes_forget(&p);
	cr_expect_eq(store.used, 0);
}

/* Nobody else's page is where all can read it, and the restorer does not grow
 * by each child. */
Test(restorer_shapes, only_so_many)
{
	size_t copied = 0;

	begin();
	for (uint64_t i = 1; i <= 100; i++) {
		struct shaped p;

		fill(i);
		cr_assert_eq(shapes_learn(&p, AT, page), 0);
		copied += shapes_list(&p, AT, list, ROOM) > 0;
		shapes_forget(&p);
	}
	cr_expect_eq(copied, store.used);
	cr_expect_leq(copied, 8);
	fill(50);
	learn_and_expect(0);
	fill(1);
	learn_and_expect(1);
}

Test(restorer_shapes, at_another_address_it_is_another)
{
	struct shaped p;

	begin();
	fill(1);
	learn_and_expect(1);
	page[5] = 0;
	cr_assert_eq(shapes_learn(&p, AT + SHAPES_PAGE, page), 0);
	cr_expect_eq(p.words, 0);
	shapes_forget(&p);
}

Test(restorer_shapes, a_list_that_is_full)
{
	struct shaped p;

	begin();
	fill(1);
	learn_and_expect(1);
	page[0] = page[1] = 0;
	cr_assert_eq(shapes_learn(&p, AT, page), 0);
	cr_expect_eq(shapes_list(&p, AT, list, 2), 0);
	cr_expect_eq(shapes_list(&p, AT, list, 3), 3);
	shapes_forget(&p);
}

Test(restorer_shapes, without_a_store_all_is_written)
{
	shapes_keep_in(NULL);
	fill(1);
	learn_and_expect(0);
}
