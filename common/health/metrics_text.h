/*
 * metrics_text.h - one family of metrics after the other, in either format.
 */
#ifndef METRICS_TEXT_H
#define METRICS_TEXT_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"

struct metrics_text {
	struct buf *to;
	bool openmetrics;
	const char *name; /* of the family that was begun */
};

/*
 * Begin a family.  The name has no _total; unit, if any, is its last part.
 */
void metrics_counter(struct metrics_text *, const char *name, const char *unit,
    const char *help);
void metrics_gauge(struct metrics_text *, const char *name, const char *unit,
    const char *help);
void metrics_histogram(struct metrics_text *, const char *name,
    const char *unit, const char *help);

/*
 * A sample of it.  labels are written as they are: a="b",c="d"; or "".
 */
void metrics_count(struct metrics_text *, const char *labels, uint64_t value);
void metrics_value(struct metrics_text *, const char *labels, uint64_t value);

/*
 * Of a histogram of n buckets, of which the last has no bound: how many there
 * are in each, and the sum.  Counts that are too large stay the largest there
 * is.
 */
void metrics_buckets(struct metrics_text *, const char *labels,
    const uint64_t *in, const uint32_t *bounds_us, size_t n, uint64_t sum_us);

/*
 * There are no more.
 */
void metrics_end(struct metrics_text *);

#endif
