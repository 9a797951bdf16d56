/*
 * dialler_line.c - each connection whose service has places to connect to gets
 * a socket to the dialler, for itself alone.
 *
 * Or to a helper of the service's own, in its place.  As keeper_line.c; neither
 * end ever waits.  What lies in it is bounded: the dialler hangs up on who does
 * not take his answers.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/dial.h"
#include "master/master_inside.h"
#include "system/args.h"
#include "system/fdpass.h"
#include "system/log.h"

/* The dialler has the places of all services in a row. */
static struct dial_scope
scope_of(const struct server *s, size_t offer)
{
	struct dial_scope scope = { 0 };

	for (size_t i = 0; i < offer; i++)
		if (s->offers[i].service->dials != NULL)
			scope.first += (uint32_t)s->offers[i].service->dials->n;
	if (s->offers[offer].service->dials != NULL)
		scope.count = (uint32_t)s->offers[offer].service->dials->n;
	return scope;
}

int
dialler_line(struct master *m, size_t listener)
{
	const struct listener *l = &m->plan->listeners->at[listener];
	const struct server *s = m->plan->server;
	const struct service *service = s->offers[l->offer].service;
	struct dial_scope scope = scope_of(s, l->offer);
	int ends[2], to = scope.count > 0 ? s->dialler : -1;

	if (service->helper > 0)
		to = service->helper;
	if (to < 0 || l->type != SOCK_STREAM)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		0, ends) == 0) {
		if (fdpass_send(to, &scope, sizeof(scope), ends[0]) == 0) {
			close(ends[0]);
			return ends[1];
		}
		close(ends[0]);
		close(ends[1]);
	}
	log_warn("the %s is out of reach: %s",
	    to == s->dialler ? "dialler" : service->own_helper->name,
	    strerror(errno));
	return -1;
}
