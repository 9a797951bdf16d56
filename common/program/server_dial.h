/*
 * server_dial.h - a server whose services have places to connect to: the
 * dialler (conn/dial.h) that does it for them.
 */
#ifndef SERVER_DIAL_H
#define SERVER_DIAL_H

#include "service/server.h"

/*
 * In a master, once the options are finished: where a service has places, add
 * the dialler to the helpers and set s->dialler; where a service has a helper
 * of its own, likewise.
 */
void server_dial_open(struct server *);

#endif
