/*
 * strict.c - see strict.h.
 */
#include "sandbox/strict.h"

#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "sandbox/calls.h"
#include "sandbox/lacking.h"
#include "sandbox/seccomp.h"

static int
limit(void)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit open;

	if (getrlimit(RLIMIT_NOFILE, &open) < 0)
		return -1;
	open.rlim_cur = open.rlim_max;
	setrlimit(RLIMIT_NOFILE, &open);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -1;
	return 0;
}

static int
filter(const struct call *calls, size_t count)
{
	static struct seccomp_filter f;

	if (lacking_seccomp())
		return lacking("seccomp");
	if (seccomp_filter_make_strict(&f, calls, count) < 0)
		return -1;
	return seccomp_filter_load(&f) < 0 ? lacking("seccomp") : 0;
}

int
strict_confine(const struct call *calls, size_t count, int (*enclose)(void))
{
	if (limit() < 0)
		return -1;
#ifdef BERTH_ASAN
	(void)calls;
	(void)count;
	(void)enclose;
	(void)filter;
	return 0;
#else
	if (enclose != NULL && enclose() < 0)
		return -1;
	return filter(calls, count);
#endif
}

size_t
strict_count(const struct call *calls, size_t count, size_t *judged)
{
	size_t allowed = 0;

	*judged = 0;
	for (size_t i = 0; i < count; i++) {
		bool again = i > 0 && calls[i].number == calls[i - 1].number;

		if (calls[i].answer != CALL_YES || again)
			continue;
		allowed++;
		*judged += calls[i].args > 0;
	}
	return allowed;
}
