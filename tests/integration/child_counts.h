/*
 * child_counts.h - what /proc counts of a server's children, in numbers that do
 * not depend on the machine.
 */
#ifndef CHILD_COUNTS_H
#define CHILD_COUNTS_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/buf.h"
#include "bytes/num.h"
#include "rig/rig.h"

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define COUNTED 0 /* another program: sanitized, or with counters */
#else
#define COUNTED 1
#endif

static inline void
start_counting(void)
{
	const char *bare = getenv("BERTH_NO_SANDBOX");

	if (!COUNTED || (bare != NULL && bare[0] != '\0'))
		cr_skip_test("not the programs that are installed");
	rig_needs_sandbox();
}

static inline bool
is_helper(pid_t master, pid_t child)
{
	return child == rig_logger(master) ||
	    child == rig_child_called(master, "berth-keeper");
}

/* What a word of such a file in /proc/PID says, or 0: not everybody may see. */
static inline uint64_t
kib_in(pid_t pid, const char *file, const char *word)
{
	char path[64];
	uint64_t kib = 0;
	struct slice all;
	struct buf b;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	buf_init(&b, 1 << 16);
	if (rig_slurp(path, &b) == 0)
		for (all = buf_slice(&b); all.n > 0;) {
			struct slice line = slice_cut(&all, '\n');

			if (!slice_starts(line, word))
				continue;
			line = slice_trim(slice_from(line, strlen(word)));
			num_decimal(slice_cut(&line, ' '), &kib);
			break;
		}
	buf_free(&b);
	return kib;
}

static inline uint64_t
rollup(pid_t pid, const char *word)
{
	return kib_in(pid, "smaps_rollup", word);
}

#endif
