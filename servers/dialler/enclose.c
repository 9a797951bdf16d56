/*
 * enclose.c - what Landlock leaves the dialler: no file, and TCP to the ports
 * of its places alone (where the kernel can say so).
 */
#include <stdint.h>
#include <unistd.h>

#include "dialler/dialler.h"
#include "dialler/rights.h"
#include "sandbox/lacking.h"
#include "sandbox/landlock.h"

int
dialler_enclose(void)
{
	uint16_t ports[DIAL_PLACES_MAX];
	int abi = landlock_abi(), ruleset, status;
	const char *which;

	if (abi == 0)
		return 0;
	for (size_t i = 0; i < places_count(); i++)
		ports[i] = places_at(i)->port;
	ruleset = landlock_make(abi, NULL, 0, &which);
	if (ruleset < 0)
		return lacking("landlock");
	status = landlock_add_ports(ruleset, abi, ports, places_count());
	if (status == 0 && landlock_enter(ruleset) < 0)
		status = lacking("landlock");
	close(ruleset);
	return status;
}
