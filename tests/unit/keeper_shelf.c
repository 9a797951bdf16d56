/*
 * keeper_shelf.c - what is put away is found again, by who put it there.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "keeper/keeper.h"

static const uint8_t here[KEEPER_SOURCE] = { 1 };
static const uint8_t elsewhere[KEEPER_SOURCE] = { 2 };

/* Names are random; those of the test are the same each time. */
static void
name_of(uint32_t i, uint8_t name[KEEPER_NAME])
{
	uint64_t x = i * UINT64_C(0x9e3779b97f4a7c15) + 1;

	for (size_t k = 0; k < KEEPER_NAME; k++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		name[k] = (uint8_t)x;
	}
}

static void
put(uint32_t i, int64_t now_ms)
{
	uint8_t name[KEEPER_NAME];

	name_of(i, name);
	cr_assert(keeper_shelf_put(
	    here, name, (const uint8_t *)&i, sizeof(i), now_ms));
}

static size_t
get(const uint8_t source[KEEPER_SOURCE], uint32_t i, int64_t now_ms)
{
	uint8_t name[KEEPER_NAME], data[KEEPER_DATA];
	uint32_t was;
	size_t n;

	name_of(i, name);
	n = keeper_shelf_get(source, name, data, now_ms);
	memcpy(&was, data, sizeof(was));
	cr_assert(n == 0 || (n == sizeof(i) && was == i));
	return n;
}

/* A busy server: each client comes back after 400 others. */
Test(keeper_shelf, nobody_is_pushed_out_by_a_few_others)
{
	for (uint32_t i = 0; i < 20000; i++) {
		put(i, i);
		if (i >= 400)
			cr_assert_neq(
			    get(here, i - 400, i), 0, "session %u", i - 400);
	}
}

Test(keeper_shelf, who_was_there_first_goes_first)
{
	for (uint32_t i = 0; i < 100000; i++)
		put(i, i);
	cr_assert_eq(get(here, 0, 100000), 0);
	cr_assert_neq(get(here, 99999, 100000), 0);
}

Test(keeper_shelf, another_source_gets_nothing)
{
	put(7, 0);
	cr_assert_eq(get(elsewhere, 7, 0), 0);
	cr_assert_neq(get(here, 7, 0), 0);
}

Test(keeper_shelf, what_is_too_old_is_gone)
{
	put(7, 0);
	cr_assert_neq(get(here, 7, KEEPER_LONGEST_S * INT64_C(1000)), 0);
	cr_assert_eq(get(here, 7, KEEPER_LONGEST_S * INT64_C(1000) + 1), 0);
	cr_assert_eq(get(here, 7, 1), 0, "it was wiped");
}

Test(keeper_shelf, nothing_and_too_much_are_refused)
{
	static const uint8_t data[KEEPER_DATA] = { 1 };
	uint8_t name[KEEPER_NAME] = { 1 };

	cr_assert_not(keeper_shelf_put(here, name, data, 0, 0));
	cr_assert_not(keeper_shelf_put(
	    here, name, data, KEEPER_DATA - KEEPER_NAME + 1, 0));
	cr_assert(
	    keeper_shelf_put(here, name, data, KEEPER_DATA - KEEPER_NAME, 0));
}
