/*
 * resolve.h - from names to addresses, for the clients.
 *
 * Look-ups block for as long as the system's resolver does (resolv.conf(5)
 * says how long); a deadline is honoured while connecting.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdint.h>

#include "system/addr.h"

/*
 * Find the addresses of host (a name, an address, an address in brackets,
 * unix:PATH) and service (a port number or a name of /etc/services; not
 * looked at for unix:), for a socket of this type, in the order of RFC 6724.
 * Fills found and returns how many (at least 1), or -1 with *why a reason in
 * words (a static string) and errno:
 *   ENOENT	the host has no such name or no address
 *   EINVAL	the service is unknown or no port number, or the path is too
 *		long or empty
 *   EAGAIN	no name server answered: perhaps later
 */
int resolve(const char *host, const char *service, int type,
    struct addr found[ADDR_MAX_FOUND], const char **why);

/*
 * resolve(), then sock_connect() to one address after the other until one
 * answers, all before deadline: an address that stays silent is given its
 * fair part of the time that is left, so that the next ones are tried too.
 * Returns the descriptor with *to the address reached; or -1 with *why in
 * words (a static string) and
 *   to->len 0		nothing was found: errno ENOENT, whatever the reason
 *   to->len not 0	none answered: *to is the last one tried, errno what
 *			it came to (ETIMEDOUT at the deadline)
 */
int resolve_connect(const char *host, const char *service, int type,
    int64_t deadline, struct addr *to, const char **why);

#endif
