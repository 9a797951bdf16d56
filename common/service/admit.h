/*
 * admit.h - may this client come in?
 *
 * Counts the live connections of each source (an IPv4 address, an IPv6 /64)
 * before a process is spent on one more.  Knows addresses and counts; knows
 * nothing of processes or protocols.  Called only by the master.
 */
#ifndef ADMIT_H
#define ADMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/addr.h"

struct admit;

/*
 * Make the counter for at most most live connections in all; per_source is
 * the limit for one source, 0 for none.  Loopback and unix sockets are one
 * machine talking to itself and are not limited unless loopback_too.
 * Returns NULL with errno ENOMEM.
 */
struct admit *admit_new(size_t most, uint64_t per_source, bool loopback_too);
void admit_free(struct admit *);

/*
 * May one more from this source come in?  If so it is counted until
 * admit_left() is called with the same address.
 */
bool admit_ask(struct admit *, const struct addr *);
void admit_left(struct admit *, const struct addr *);

/*
 * How many sources are counted now.
 */
size_t admit_sources(const struct admit *);

#endif
