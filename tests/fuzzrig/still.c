/*
 * still.c - a clock that stands still.
 */
#include "fuzzrig/still.h"

#include <limits.h>
#include <time.h>

#include "system/clock.h"

#define START_US INT64_C(1000000000000) /* of the monotonic clock */

static int64_t passed;

void
still_begin(void)
{
	passed = 0;
}

void
still_pass(int64_t us)
{
	passed += us;
}

int64_t
still_passed_us(void)
{
	return passed;
}

int64_t
clock_us(void)
{
	return START_US + passed;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

int64_t
clock_wall_us(void)
{
	return STILL_WALL_S * INT64_C(1000000) + passed;
}

int64_t
clock_file_ms(void)
{
	return clock_wall_us() / 1000;
}

long
clock_zone_s(void)
{
	return 0;
}

int64_t
clock_wall_s(void)
{
	return clock_wall_us() / 1000000;
}

int
clock_left_ms(int64_t deadline)
{
	int64_t left;

	if (deadline == CLOCK_NEVER)
		return -1;
	left = deadline - clock_ms();
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

int
nanosleep(const struct timespec *t, struct timespec *left)
{
	(void)left;
	still_pass((int64_t)t->tv_sec * 1000000 + t->tv_nsec / 1000);
	return 0;
}
