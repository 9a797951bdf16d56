/*
 * reload_state_inside.h - how it is written what one image of the master leaves
 * to the next, for reload_state.c and reload_state_take.c alone.
 *
 * A head, a record for each child at work, for each source with points
 * (struct admit_memory), for each helper process that still runs, and for each
 * connection that rests, in this order.  Times are of CLOCK_MONOTONIC, which
 * goes on across exec(2).
 */
#ifndef RELOAD_STATE_INSIDE_H
#define RELOAD_STATE_INSIDE_H

#include <stddef.h>
#include <stdint.h>

#include "master/helpers.h"
#include "service/scoreboard.h"
#include "system/addr.h"

/* Change the last letter when one of these changes its meaning. */
#define RELOAD_STATE_MAGIC "BERTH RELOAD D"

#define RELOAD_STATE_MAX ((size_t)64 << 20)

struct reload_head {
	char magic[16];
	/* Of a record, and how many follow. */
	uint32_t child_size, memory_size, helper_size, rest_size;
	uint32_t children, memories, helpers, resting;
	uint32_t has_worked, unused;
	int64_t started_ms; /* the first image */
	uint64_t accepted, turned_away, crashed, reloads;
	struct scoreboard_counts counts;
};

/* A child at work. */
struct child_record {
	int32_t pid;
	int32_t log;          /* the descriptor of its channel, or -1 */
	int32_t conn, unused; /* that of its connection, or -1 */
	int64_t accepted_us;
	uint32_t listener, told;
	uint64_t served;
	int64_t since_ms, end_at, look_ms, told_ms;
	uint64_t moved;
	struct addr peer, client;
};

/* A helper process: it serves nobody, and ends soon. */
struct helper_record {
	char name[HELPERS_NAME_MAX];
	int64_t pid, log;
};

/* A connection that rests. */
struct rest_record {
	int32_t fd;
	uint32_t listener;
	int64_t accepted_us, until_ms;
	struct addr peer;
};

#endif
