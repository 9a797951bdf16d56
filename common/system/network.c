/*
 * network.c - a set of addresses.
 */
#include "system/network.h"

#include <string.h>

#include "bytes/num.h"
#include "bytes/slice.h"
#include "grammar/ip.h"

static bool
bit(const uint8_t *p, unsigned i)
{
	return (p[i / 8] >> (7 - i % 8) & 1) != 0;
}

static int
parse(struct slice s, struct network *net, const char **why)
{
	struct slice host = slice_cut(&s, '/');
	uint64_t bits;
	unsigned size;

	*net = (struct network){ .family = AF_INET };
	if (slice_is(host, "unix") && s.p == NULL) {
		net->family = AF_UNIX;
		return 0;
	}
	if (!ip_v4(host, net->at)) {
		net->family = AF_INET6;
		if (!ip_v6(host, net->at)) {
			*why = "an IP address, with /BITS or without, or unix";
			return -1;
		}
	}
	size = net->family == AF_INET ? 8 * IP_V4_SIZE : 8 * IP_V6_SIZE;
	bits = size;
	if (s.p != NULL && num_within(s, 0, size, &bits) != NUM_OK) {
		*why = "behind the slash stands how many bits are the "
		       "network's: 0 to 32, for IPv6 to 128";
		return -1;
	}
	net->bits = (unsigned)bits;
	for (unsigned i = net->bits; i < size; i++) {
		if (bit(net->at, i)) {
			*why = "the address has bits behind those that are "
			       "the network's";
			return -1;
		}
	}
	return 0;
}

int
networks_add(struct networks *all, const char *text, const char **why)
{
	if (all->n == NETWORKS_MAX) {
		*why = "too many of them";
		return -1;
	}
	if (parse(slice_of(text), &all->of[all->n], why) < 0)
		return -1;
	all->n++;
	return 0;
}

static bool
has(const struct network *net, int family, const void *address)
{
	if (net->family != family ||
	    memcmp(net->at, address, net->bits / 8) != 0)
		return false;
	for (unsigned i = net->bits / 8 * 8; i < net->bits; i++)
		if (bit(net->at, i) != bit(address, i))
			return false;
	return true;
}

bool
networks_have(const struct networks *all, const struct addr *a)
{
	const void *address = NULL;
	int family = a->len == 0 ? AF_UNSPEC : a->sa.sa_family;

	if (family == AF_INET) {
		address = &a->in.sin_addr;
	} else if (family == AF_INET6) {
		address = &a->in6.sin6_addr;
		if (IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr)) {
			family = AF_INET;
			address = &a->in6.sin6_addr.s6_addr[12];
		}
	}
	for (size_t i = 0; i < all->n; i++)
		if (family == AF_UNIX ?
			all->of[i].family == AF_UNIX :
			address != NULL && has(&all->of[i], family, address))
			return true;
	return false;
}
