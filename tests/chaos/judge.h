/*
 * judge.h - the verdict on one fault: a row of the table.
 */
#ifndef CHAOS_JUDGE_H
#define CHAOS_JUDGE_H

#include <criterion/criterion.h>

#include "rig/pulse.h"

#define MEDIAN_MS 100 /* that an ordinary client may wait meanwhile */

/*
 * It was made so many times, and all were survived; ordinary clients go on,
 * have lost nothing and did not have to wait.
 */
static inline struct rig_pulse_result
judge(const char *fault, size_t times, size_t survived, struct rig_pulse *p)
{
	struct rig_pulse_result seen;

	cr_assert(rig_pulse_beats(p, 10));
	seen = rig_pulse_stop(p);
	rig_pulse_row(fault, times, survived, &seen);
	cr_expect_eq(
	    survived, times, "%s: %zu of %zu survived", fault, survived, times);
	cr_expect_eq(seen.lost, 0, "%s: %zu lost, the first: %s", fault,
	    seen.lost, seen.first_loss);
	cr_expect_lt(seen.median_ms, MEDIAN_MS, "%s: median %.1f ms", fault,
	    seen.median_ms);
	return seen;
}

#endif
