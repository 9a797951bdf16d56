/*
 * worn.c - see worn.h.
 */
#include "sandbox/worn.h"

#include <sys/resource.h>
#include <time.h>

int64_t
worn_ms(void)
{
	struct rlimit l;

	/* The hard one: the other moves with each client. */
	if (getrlimit(RLIMIT_CPU, &l) < 0 || l.rlim_max == RLIM_INFINITY ||
	    l.rlim_max > INT64_MAX / 1000)
		return WORN_NEVER;
	return (int64_t)l.rlim_max * 1000 / 2;
}

bool
worn_is(int64_t ms)
{
	struct timespec used;

	if (ms == WORN_NEVER)
		return false;
	return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0 ||
	    (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000 >= ms;
}
