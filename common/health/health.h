/*
 * health.h - is it well, is it ready, and how is it doing: a service of its own
 * on a listener of its own (--health), for those who look after many servers.
 *
 * GET /livez, /readyz and /metrics by HTTP/1.1, one request a connection; or
 * the line "agent", or "agent NAME", for HAProxy's agent check.  Every server can offer it, so
 * it needs no more than the grammar of HTTP.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stddef.h>

#include "service/service.h"

#define HEALTH_MS       5000 /* for a request and its answer */
#define HEALTH_HEAD_MAX 8192

struct arg_list;

extern struct service health_service;

/*
 * Before the first fork: the services whose numbers are shown, by their index;
 * names that may be asked for over loopback (service/host.h).
 */
void health_of(struct service *const *services, size_t count,
    const struct arg_list *hosts);

#endif
