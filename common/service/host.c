/*
 * host.c - see host.h.
 */
#include "service/host.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "system/addr.h"
#include "system/args.h"

/* This machine's name, and what stands before its first dot. */
static bool
is_own_name(struct slice host)
{
	static char name[256]; /* never another while we run */
	struct slice own;

	if (name[0] == '\0')
		gethostname(name, sizeof(name) - 1);
	own = slice_of(name);
	return own.n > 0 &&
	    (slice_ieq(host, own) || slice_ieq(host, slice_cut(&own, '.')));
}

static bool
is_literal(struct slice host)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;

	return slice_copy(host, text, sizeof(text)) == 0 &&
	    (inet_pton(AF_INET, text, &a) == 1 ||
		inet_pton(AF_INET6, text, &a) == 1);
}

static bool
is_below(struct slice host, struct slice dot_name)
{
	return host.n > dot_name.n &&
	    slice_ieq(slice_from(host, host.n - dot_name.n), dot_name);
}

/* NAME, *.NAME, or * for any. */
static bool
is_allowed(struct slice host, const struct arg_list *l)
{
	for (size_t i = 0; l != NULL && i < l->n; i++) {
		struct slice name = slice_of(l->item[i]);

		if (slice_is(name, "*") || slice_ieq(host, name))
			return true;
		if (slice_starts(name, "*.") &&
		    is_below(host, slice_from(name, 1)))
			return true;
	}
	return false;
}

bool
host_matters(const struct addr *peer)
{
	return peer->len > 0 && peer->sa.sa_family != AF_UNIX &&
	    addr_is_loopback(peer);
}

bool
host_is_ours(struct slice host, const struct arg_list *allowed)
{
	static const struct slice local = SLICE(".localhost");

	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	return host.n == 0 || slice_iis(host, "localhost") ||
	    is_literal(host) || is_below(host, local) ||
	    is_allowed(host, allowed) || is_own_name(host);
}
