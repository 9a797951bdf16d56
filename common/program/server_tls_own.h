/*
 * server_tls_own.h - certificates of our own, which berth-ca makes and renews.
 * For server_tls.c, and for server.c what is said of them.
 */
#ifndef SERVER_TLS_OWN_H
#define SERVER_TLS_OWN_H

#include <limits.h>
#include <stdbool.h>

#include "service/server.h"

#define OWN_SAID_MAX (2 * PATH_MAX)

/*
 * Run a program of ours, and take what it says on standard output.  Returns
 * its exit code, or -1 with errno.
 */
int server_tls_run(
    const char *name, const char *const *argv, char said[OWN_SAID_MAX]);

/*
 * Have certificates for this machine's names and each of s->hosts that it may
 * vouch for: o->tls_cert and o->tls_key then name them, and s->renew_ms says
 * when to ask again.  A child takes those that its master has.
 */
void server_tls_own(struct server *, bool child);

/*
 * Tell people what makes their browsers trust a certificate of ours, unless
 * they know.
 */
void server_tls_invite(void);

#endif
