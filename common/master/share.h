/*
 * share.h - how much of the pool each service may take.
 *
 * Services that share a pool must not take each other's places: each has
 * a reserve, children that the others cannot take even while they are idle;
 * what is left is for whoever comes first.  Counts only: knows nothing of
 * processes and clients.  Called only by the master.
 */
#ifndef SHARE_H
#define SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/service.h"

struct share {
	size_t most; /* children in all */
	size_t services;
	size_t reserve[SERVICE_MAX];
};

/*
 * Share out a pool of most children.  Each service has the reserve that was
 * asked for, or with SERVICE_SHARE (service.h) an even part of one half of the
 * pool, as far as the others leave it; one that is alone needs none.  A service
 * that is not offered is not among those that are counted.  Returns false when
 * more is asked for than there is.
 */
bool share_out(struct share *, size_t most, size_t services,
    const uint64_t asked[], const bool offered[]);

/*
 * How many children may be busy in all when one more client of this service
 * comes in: all but what others have in reserve and do not use.  busy has
 * a number for each service.
 */
size_t share_limit(const struct share *, const size_t busy[], size_t service);

/*
 * Has this service fewer busy children than are its own?
 */
bool share_is_within(const struct share *, const size_t busy[], size_t service);

/*
 * May a child of this service be asked to go for a client of that one?  Not
 * when it is one of those that are its service's own.
 */
bool share_gives_way(
    const struct share *, const size_t busy[], size_t service, size_t to);

#endif
