/*
 * server_tls.h - a server with TLS: its certificates, and the key keeper that
 * has the keys.  For server.c only.
 */
#ifndef SERVER_TLS_H
#define SERVER_TLS_H

#include <stdbool.h>

#include "service/server.h"

bool server_tls_wanted(const struct server *);

/*
 * Is TLS wanted?  Then load what it needs and the certificates; in a
 * master (or the trial of one) see that the keys belong to them; and in a
 * master, which will have children, add the key keeper to the helpers and set
 * s->keeper.  A fault exits (78) and names the option, the file and the cause.
 */
void server_tls_open(struct server *, bool master, bool child);

/*
 * In a process that serves one connection which was handed to it, and has no
 * key keeper: say so, if TLS is asked for, and exit (64).
 */
void server_tls_none(const struct server *);

#endif
