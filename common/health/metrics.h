/*
 * metrics.h - what the scoreboard says, as text for Prometheus: in OpenMetrics
 * 1.0, or in the older format 0.0.4.
 *
 * Children write the tally, and one that was taken over writes what it likes:
 * its numbers may be wrong here, and nothing else may be.
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes/buf.h"
#include "service/scoreboard.h"
#include "service/service.h"

#define METRICS_MAX 262144

struct metrics_from {
	const struct scoreboard_head *scoreboard; /* may be NULL */
	struct tally *tally;
	struct service *const *services;
	size_t service_count;
};

/*
 * Add all that is known, as text of Prometheus or of OpenMetrics; without a
 * scoreboard, only what this process itself has counted.  Out of room, or of
 * memory: to->failed.
 */
void metrics_write(struct buf *, const struct metrics_from *, bool openmetrics);

#endif
