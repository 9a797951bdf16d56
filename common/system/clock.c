/*
 * clock.c - what time is it, and how long is there left?
 */
#include "system/clock.h"

#include <limits.h>
#include <time.h>

static int64_t
now_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_ms(void)
{
	return now_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

int64_t
clock_wall_s(void)
{
	return now_us(CLOCK_REALTIME) / 1000000;
}

int64_t
clock_wall_us(void)
{
	return now_us(CLOCK_REALTIME);
}

int64_t
clock_file_ms(void)
{
	return now_us(CLOCK_REALTIME_COARSE) / 1000;
}

long
clock_zone_s(void)
{
	static time_t last = -1;
	static long zone_s;
	time_t now = time(NULL);
	struct tm here;

	if (now != last && localtime_r(&now, &here) != NULL)
		zone_s = here.tm_gmtoff;
	last = now;
	return zone_s;
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
