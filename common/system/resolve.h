/*
 * resolve.h - from names to addresses, for the clients.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdint.h>

#include "system/addr.h"

/*
 * Find the addresses of host (a name, an address, an address in brackets) and
 * service (a port number or a name of /etc/services), for a socket of this
 * type, in the order of RFC 6724.  Fills found and returns how many (at least
 * 1), or -1 with *why a reason in words (a static string).
 */
int resolve(const char *host, const char *service, int type,
    struct addr found[ADDR_MAX_FOUND], const char **why);

/*
 * resolve(), then sock_connect() to one address after the other until one
 * answers, all before deadline.  host "unix:PATH" connects there.  Returns the
 * descriptor with *to the address reached; or -1 when no name was found (errno
 * ENOENT) or none answered (errno of the last try, *to the last one tried),
 * with *why in words (a static string).
 */
int resolve_connect(const char *host, const char *service, int type,
    int64_t deadline, struct addr *to, const char **why);

#endif
