/*
 * outward.c - see outward.h.
 */
#include "sandbox/outward.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sandbox/lacking.h"
#include "sandbox/landlock.h"
#include "sandbox/seccomp.h"

#define NAME_SERVICE 53 /* over TCP, where an answer is long */

static int
enclose(enum sandbox_right right, const uint16_t *ports, size_t count)
{
	const struct sandbox_path all = { .path = "/", .right = right };
	int abi = landlock_abi(), ruleset, status;
	const char *which;

	if (abi == 0)
		return 0;
	ruleset = landlock_make(abi, &all, 1, &which);
	if (ruleset < 0)
		return which == NULL ? lacking("landlock") : -1;
	status = landlock_add_ports(ruleset, abi, ports, count);
	if (status == 0 && landlock_enter(ruleset) < 0)
		status = lacking("landlock");
	close(ruleset);
	return status;
}

static int
filter(bool runs)
{
#ifdef BERTH_ASAN /* which looks into its own process with such calls */
	(void)runs;
	return 0;
#else
	static struct seccomp_filter f;

	if (lacking_seccomp())
		return lacking("seccomp");
	if (seccomp_filter_make_outward(&f, runs) < 0)
		return -1;
	return seccomp_filter_load(&f) < 0 ? lacking("seccomp") : 0;
#endif
}

int
sandbox_outward(enum sandbox_right right, const uint16_t *ports, size_t count)
{
	const struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -1;
	if (enclose(right, ports, count) < 0)
		return -1;
	return filter(right == SANDBOX_RUN);
}

int
sandbox_outward_to(uint16_t port)
{
	const uint16_t ports[] = { port, NAME_SERVICE };

	return sandbox_outward(SANDBOX_RUN, ports, 2);
}
