/*
 * network.h - a set of addresses, written ADDRESS, ADDRESS/BITS, or unix for
 * every unix socket.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/addr.h"

#define NETWORKS_MAX 64

struct network {
	int family; /* AF_INET, AF_INET6, AF_UNIX */
	unsigned bits;
	uint8_t at[16];
};

struct networks {
	size_t n;
	struct network of[NETWORKS_MAX];
};

/*
 * Add one.  Returns 0, or -1 with *why in words (a static string).
 */
int networks_add(struct networks *, const char *text, const char **why);

/*
 * Is the address in one of them?  One that is mapped into IPv6 is an IPv4
 * address; one that is unknown is nowhere.
 */
bool networks_have(const struct networks *, const struct addr *);

#endif
