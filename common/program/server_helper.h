/*
 * server_helper.h - the helpers that a server has beside those that its
 * program lists.  Called while the options are made ready.
 */
#ifndef SERVER_HELPER_H
#define SERVER_HELPER_H

#include "service/server.h"

/*
 * Add one to s->helpers.
 */
void server_helper_add(struct server *, const struct helper_offer *);

/*
 * A socket between the master and a helper, SOCK_SEQPACKET, out of the way of
 * what children have: *ours and *its.  A fault ends the program; name is the
 * helper's.
 */
void server_helper_line(const char *name, int *ours, int *its);

#endif
