/*
 * outward.c - the sandbox of a helper that goes out.
 */
#include "sandbox/outward.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sandbox/landlock.h"
#include "service/service.h"

#define NAME_SERVICE 53 /* over TCP, where an answer is long */

int
outward_confine(uint16_t port)
{
	static const struct sandbox_path all = { .path = "/",
		.right = SANDBOX_RUN };
	const uint16_t ports[] = { port, NAME_SERVICE };
	const struct rlimit none = { 0, 0 };
	int abi = landlock_abi(), ruleset, status;
	const char *which;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -1;
	if (abi == 0)
		return 0;
	ruleset = landlock_make(abi, &all, 1, &which);
	if (ruleset < 0)
		return -1;
	status = landlock_add_ports(ruleset, abi, ports, 2);
	if (status == 0)
		status = landlock_enter(ruleset);
	close(ruleset);
	return status;
}
