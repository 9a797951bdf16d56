/*
 * buf.c - bytes that I own: growing, the maximum, the sticky failure.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bytes/buf.h"

static bool
holds(const struct buf *b, const char *text)
{
	return slice_is(buf_slice(b), text);
}

Test(buf, begins_empty_and_allocates_nothing)
{
	struct buf b;

	buf_init(&b, 100);
	cr_assert(b.p == NULL && b.n == 0 && b.cap == 0 && !b.failed);
	cr_assert(buf_slice(&b).n == 0);
	buf_free(&b);
	buf_free(&b);
	cr_assert_eq(b.max, 100, "the maximum outlives buf_free");
}

Test(buf, every_way_to_add)
{
	struct buf b;

	buf_init(&b, 100);
	buf_add(&b, "ab\0c", 4);
	buf_adds(&b, (struct slice)SLICE("-d"));
	buf_addz(&b, "-e");
	buf_addc(&b, '!');
	buf_addf(&b, " %d %s", -7, "x");
	cr_assert_not(b.failed);
	cr_assert(
	    slice_eq(buf_slice(&b), (struct slice)SLICE("ab\0c-d-e! -7 x")));
	buf_free(&b);
}

Test(buf, adding_nothing_is_no_failure)
{
	struct buf b;

	buf_init(&b, 0);
	buf_add(&b, NULL, 0);
	buf_adds(&b, (struct slice){ NULL, 0 });
	buf_addz(&b, "");
	buf_addf(&b, "%s", "");
	cr_assert_not(b.failed, "no bytes always fit");
	cr_assert(buf_room(&b, 0) != NULL);
	cr_assert_eq(b.n, 0);
	buf_free(&b);
}

Test(buf, the_maximum_is_exact_and_failure_sticks)
{
	struct buf b;

	buf_init(&b, 5);
	buf_addz(&b, "1234");
	buf_addc(&b, '5');
	cr_assert(!b.failed && b.n == 5);
	buf_addc(&b, '6');
	cr_assert(b.failed && holds(&b, "12345"));
	buf_eat(&b, 3);
	buf_addc(&b, '7');
	cr_assert(holds(&b, "45"), "there is room, but it has failed");
	cr_assert(buf_str(&b) == NULL);
	buf_clear(&b);
	buf_addz(&b, "abcde");
	cr_assert(!b.failed && holds(&b, "abcde"));
	buf_free(&b);
}

Test(buf, an_addition_that_does_not_fit_adds_none_of_it)
{
	struct buf b;

	buf_init(&b, 5);
	buf_addz(&b, "abc");
	buf_addz(&b, "def");
	cr_assert(b.failed && holds(&b, "abc"));
	buf_clear(&b);
	buf_addf(&b, "%s", "abcdef");
	cr_assert(b.failed && b.n == 0);
	buf_clear(&b);
	buf_addf(&b, "%s", "abcde");
	cr_assert(!b.failed && holds(&b, "abcde"),
	    "the NUL of printf is not counted");
	buf_free(&b);
}

Test(buf, room_refuses_what_would_overflow)
{
	struct buf b;

	buf_init(&b, 1000);
	buf_addz(&b, "abc");
	cr_assert(buf_room(&b, SIZE_MAX) == NULL && b.failed);
	buf_clear(&b);
	buf_addz(&b, "abc");
	cr_assert(buf_room(&b, SIZE_MAX - 2) == NULL && b.failed);
	buf_free(&b);

	buf_init(&b, SIZE_MAX);
	buf_addc(&b, 'a');
	cr_assert(buf_room(&b, SIZE_MAX / 2) == NULL && b.failed,
	    "there cannot be so much");
	cr_assert(holds(&b, "a"));
	buf_clear(&b);
	buf_addc(&b, 'a');
	cr_assert(buf_room(&b, SIZE_MAX / 2 - 1) == NULL && b.failed,
	    "memory runs out: that is a failure like any other");
	cr_assert(holds(&b, "a"));
	buf_free(&b);
}

Test(buf, room_and_grew)
{
	struct buf b;
	char *at;

	buf_init(&b, 1000);
	buf_addz(&b, "ab");
	at = buf_room(&b, 600);
	cr_assert(at != NULL && b.cap >= 602 && b.n == 2);
	memcpy(at, "cd", 2);
	buf_grew(&b, 2);
	cr_assert(holds(&b, "abcd"));
	buf_free(&b);
}

Test(buf, eat_moves_the_rest_to_the_front)
{
	static const struct {
		size_t n;
		const char *left;
	} table[] = { { 0, "abcdef" }, { 1, "bcdef" }, { 5, "f" }, { 6, "" },
		{ 7, "" }, { SIZE_MAX, "" } };
	struct buf b;

	buf_init(&b, 100);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_clear(&b);
		buf_addz(&b, "abcdef");
		buf_eat(&b, table[i].n);
		cr_assert(holds(&b, table[i].left), "row %zu", i);
	}
	buf_free(&b);
	buf_eat(&b, 3);
	cr_assert_eq(b.n, 0, "nothing to eat, nothing to move");
}

Test(buf, str_ends_with_a_nul_that_is_not_counted)
{
	struct buf b;

	buf_init(&b, 256);
	cr_assert_str_eq(buf_str(&b), "");
	for (int i = 0; i < 256; i++)
		buf_addc(&b, 'x');
	cr_assert(!b.failed && b.n == 256);
	cr_assert_eq(strlen(buf_str(&b)), 256, "even when it is full");
	cr_assert_eq(b.n, 256);
	buf_free(&b);
}

Test(buf, grows_over_many_additions)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, (char)('a' + i % 26));
	cr_assert(!b.failed && b.n == 100000);
	for (size_t i = 0; i < b.n; i++)
		cr_assert(b.p[i] == (char)('a' + i % 26), "byte %zu", i);
	buf_free(&b);
}
