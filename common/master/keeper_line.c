/*
 * keeper_line.c - each connection that may speak TLS gets a socket to the key
 * keeper, for itself alone.
 *
 * The master makes it and reads nothing of it.  The keeper's socket of ours
 * stays when the keeper ends: what is sent meanwhile waits for the next one.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/fdpass.h"
#include "system/log.h"

/*
 * Where the client comes from, which the child cannot change: the keeper gives
 * a session only to where it came from.  An IPv6 /64 is one source, as in
 * admit.c.
 */
static struct in6_addr
source_of(const struct addr *peer)
{
	struct in6_addr source = { 0 };

	if (peer->sa.sa_family == AF_INET6)
		memcpy(&source, &peer->in6.sin6_addr, 8);
	else if (peer->sa.sa_family == AF_INET)
		memcpy(&source.s6_addr[12], &peer->in.sin_addr, 4);
	return source;
}

int
keeper_line(struct master *m, size_t listener, const struct addr *peer)
{
	const struct listener *l = &m->plan->listeners->at[listener];
	const struct server *s = m->plan->server;
	struct in6_addr source = source_of(peer);
	int ends[2];

	if (s->keeper < 0 || l->type != SOCK_STREAM ||
	    (!l->secure && !s->offers[l->offer].service->starttls))
		return -1;
	if (fdpass_pair(ends) == 0) {
		if (fdpass_send(s->keeper, &source, sizeof(source), ends[0]) ==
		    0) {
			close(ends[0]);
			return ends[1];
		}
		close(ends[0]);
		close(ends[1]);
	}
	log_warn("the key keeper is out of reach: %s", strerror(errno));
	return -1;
}
