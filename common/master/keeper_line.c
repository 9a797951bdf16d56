/*
 * keeper_line.c - each connection that may speak TLS gets a socket to the key
 * keeper, for itself alone.
 *
 * The master makes it and reads nothing of it.  The keeper's socket of ours
 * stays when the keeper ends: what is sent meanwhile waits for the next one.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/fdpass.h"
#include "system/log.h"

int
keeper_line(struct master *m, size_t listener)
{
	const struct listener *l = &m->plan->listeners->at[listener];
	const struct server *s = m->plan->server;
	uint32_t word = 0;
	int ends[2];

	if (s->keeper < 0 || l->type != SOCK_STREAM ||
	    (!l->secure && !s->offers[l->offer].service->starttls))
		return -1;
	if (fdpass_pair(ends) == 0) {
		if (fdpass_send(s->keeper, &word, sizeof(word), ends[0]) == 0) {
			close(ends[0]);
			return ends[1];
		}
		close(ends[0]);
		close(ends[1]);
	}
	log_warn("the key keeper is out of reach: %s", strerror(errno));
	return -1;
}
