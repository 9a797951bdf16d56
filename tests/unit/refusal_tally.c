/*
 * refusal_tally.c - the first refusal is told, the others are counted.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "master/refusal_tally.h"
#include "system/clock.h"

static const struct addr somebody;

Test(refusal_tally, one_is_told_and_the_rest_counted)
{
	struct refusal_tally t = { 0 };
	struct refusal_count said;
	int64_t now = 50;

	cr_assert_eq(refusal_tally_next(&t), CLOCK_NEVER);
	cr_assert(refusal_tally_add(&t, REFUSED_FULL, &somebody, now));
	cr_assert_eq(refusal_tally_next(&t), CLOCK_NEVER);
	for (int i = 0; i < 1000; i++)
		cr_assert(
		    !refusal_tally_add(&t, REFUSED_FULL, &somebody, now + i));
	cr_assert_eq(refusal_tally_next(&t), now + REFUSAL_TALLY_MS);
	cr_assert(!refusal_tally_due(
	    &t, REFUSED_FULL, now + REFUSAL_TALLY_MS - 1, &said));
	cr_assert(
	    refusal_tally_due(&t, REFUSED_FULL, now + REFUSAL_TALLY_MS, &said));
	cr_assert_eq(said.more, 1000);
	/* None since: nothing to tell, and the next one is told at once, when
	 * some time has passed. */
	now += 2 * REFUSAL_TALLY_MS;
	cr_assert(!refusal_tally_due(&t, REFUSED_FULL, now, &said));
	cr_assert(refusal_tally_add(&t, REFUSED_FULL, &somebody, now));
}

/* A late look loses no count. */
Test(refusal_tally, late)
{
	struct refusal_tally t = { 0 };
	struct refusal_count said;

	cr_assert(refusal_tally_add(&t, REFUSED_BY_LOT, &somebody, 1));
	cr_assert(!refusal_tally_add(&t, REFUSED_BY_LOT, &somebody, 2));
	cr_assert(!refusal_tally_add(
	    &t, REFUSED_BY_LOT, &somebody, 5 * REFUSAL_TALLY_MS));
	cr_assert(
	    refusal_tally_due(&t, REFUSED_BY_LOT, 5 * REFUSAL_TALLY_MS, &said));
	cr_assert_eq(said.more, 2);
}

Test(refusal_tally, kinds_are_told_apart)
{
	struct refusal_tally t = { 0 };

	for (int i = 0; i < REFUSED_KINDS; i++) {
		cr_assert(
		    refusal_tally_add(&t, (enum refusal_kind)i, &somebody, 1));
		for (int j = 0; j < i; j++)
			cr_assert_neq(
			    strcmp(refusal_tally_word((enum refusal_kind)i),
				refusal_tally_word((enum refusal_kind)j)),
			    0);
	}
}
