/*
 * judge.h - the verdict on one fault: a row of the table.
 */
#ifndef CHAOS_JUDGE_H
#define CHAOS_JUDGE_H

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/pulse.h"
#include "rig/wait.h"

#define MEDIAN_MS 100 /* that an ordinary client may wait meanwhile */

/*
 * The fault, how often it was made, how often that went as it should, as the
 * test has seen it, and what ordinary clients noticed.
 */
static inline void
add_row(const char *fault, size_t times, size_t survived,
    const struct rig_pulse_result *r)
{
	const char *build = getenv("BERTH_BUILD");
	char path[4096];
	FILE *f;

	snprintf(
	    path, sizeof(path), "%s/chaos.md", build != NULL ? build : "build");
	f = fopen(path, "a");
	if (f == NULL)
		rig_die("%s: %s", path, strerror(errno));
	fprintf(f, "| %-39s | %5zu | %8zu | %4zu | %13zu | %9.1f | %8.1f |\n",
	    fault, times, survived, r->lost, r->served, r->median_ms,
	    r->worst_ms);
	fclose(f);
}

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
	add_row(fault, times, survived, &seen);
	cr_expect_eq(
	    survived, times, "%s: %zu of %zu survived", fault, survived, times);
	cr_expect_eq(seen.lost, 0, "%s: %zu lost, the first: %s", fault,
	    seen.lost, seen.first_loss);
	cr_expect_lt(seen.median_ms, MEDIAN_MS, "%s: median %.1f ms", fault,
	    seen.median_ms);
	return seen;
}

#endif
