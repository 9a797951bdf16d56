/*
 * rights.c - the sandbox of the relay, and of the programs that it runs.
 */
#include "relay/relay.h"
#include "sandbox/outward.h"

#define NAME_SERVICE 53 /* over TCP, where an answer is long */

int
relay_confine(uint16_t port)
{
	const uint16_t ports[] = { port, NAME_SERVICE };

	return sandbox_outward(SANDBOX_RUN, ports, 2);
}
