/*
 * index_set.c - tests of mail/index_set.h.
 */
#include <criterion/criterion.h>

#include "mail/index_set.h"

/* Around the borders of words and pages. */
static const int64_t numbers[] = { 0, 1, 63, 64, 65, 4711, 32767, 32768, 99999,
	(int64_t)1 << 30 };

#define COUNT (sizeof(numbers) / sizeof(numbers[0]))

Test(index_set, has_what_was_put_in)
{
	struct index_set s = { NULL, 0 };

	for (size_t i = COUNT; i-- > 0;) {
		cr_expect_not(index_set_has(&s, numbers[i]));
		cr_expect_eq(index_set_add(&s, numbers[i]), 0);
		cr_expect_eq(index_set_add(&s, numbers[i]), 0);
		for (size_t j = 0; j < COUNT; j++)
			cr_expect_eq(index_set_has(&s, numbers[j]), j >= i);
	}
	cr_expect_not(index_set_has(&s, 2));
	cr_expect_not(index_set_has(&s, 66));
	cr_expect_not(index_set_has(&s, INT64_MAX));
	index_set_free(&s);
	cr_expect_not(index_set_has(&s, 0));
}

Test(index_set, no_number_of_a_message)
{
	struct index_set s = { NULL, 0 };

	cr_expect_eq(index_set_add(&s, -1), -1);
	cr_expect_eq(index_set_add(&s, INDEX_SET_MAX), -1);
	cr_expect_not(index_set_has(&s, -1));
	index_set_free(&s);
}
