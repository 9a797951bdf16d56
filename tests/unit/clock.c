/*
 * clock.c - two clocks, and what is left until a deadline.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <time.h>

#include "system/clock.h"

Test(clock, the_monotonic_clock_moves_ahead)
{
	int64_t us = clock_us(), ms = clock_ms();
	struct timespec nap = { .tv_nsec = 3000000 };

	cr_assert(ms >= us / 1000 && ms - us / 1000 < 10000);
	nanosleep(&nap, NULL);
	cr_assert(clock_us() - us >= 3000);
	cr_assert(clock_ms() - ms >= 2);
}

Test(clock, the_wall_clock_is_libcs)
{
	time_t before = time(NULL);
	int64_t s = clock_wall_s(), us = clock_wall_us();

	cr_assert(s >= before && s <= time(NULL));
	cr_assert(us / 1000000 >= s && us / 1000000 <= time(NULL));
}

Test(clock, what_is_left)
{
	int left;

	cr_assert_eq(clock_left_ms(CLOCK_NEVER), -1, "poll waits for ever");
	cr_assert_eq(clock_left_ms(CLOCK_NEVER - 1), INT_MAX);
	cr_assert_eq(clock_left_ms(clock_ms()), 0);
	cr_assert_eq(clock_left_ms(clock_ms() - 1), 0);
	cr_assert_eq(clock_left_ms(0), 0);
	cr_assert_eq(clock_left_ms(INT64_MIN / 2), 0);
	cr_assert_eq(
	    clock_left_ms(clock_ms() + (int64_t)INT_MAX + 60000), INT_MAX);
	left = clock_left_ms(clock_ms() + 60000);
	cr_assert(left > 50000 && left <= 60000, "%d", left);
}
