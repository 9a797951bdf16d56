/*
 * box_maker.h - a small assembler for seccomp programs; the inside of
 * box_filter.c and box_checks.c.
 *
 * Jumps lead to the next instruction or to an answer (box_calls.h), which
 * stands further on; box_filter.c fills in the distances at the end.
 */
#ifndef BOX_MAKER_H
#define BOX_MAKER_H

#include <linux/filter.h>
#include <stddef.h>

#include "service/box_calls.h"
#include "service/box_filter.h"

#define BOX_RANGES 256
#define BOX_NEXT   (-1) /* a jump to the next instruction */

struct box_range {
	unsigned from; /* to the next one's */
	int answer;
};

/* Where we are in making a program. */
struct box_maker {
	struct sock_filter *code;
	unsigned n;
	int yes[BOX_FILTER_MAX], no[BOX_FILTER_MAX]; /* BOX_NEXT or an answer */
	unsigned place[CALL_ANSWERS];                /* where each begins */
	struct box_range range[BOX_RANGES];
	size_t ranges;
};

/*
 * Add an instruction.
 */
void box_put(struct box_maker *, unsigned code, unsigned k);

/*
 * Load a word of struct seccomp_data into the accumulator.
 */
void box_load(struct box_maker *, size_t offset);

/*
 * Compare the accumulator with k: how is BPF_JEQ, BPF_JGE or BPF_JSET; yes and
 * no are where to go then.
 */
void box_test(struct box_maker *, unsigned how, unsigned k, int yes, int no);

/*
 * Add the blocks for the answers that depend on arguments (box_checks.c).
 */
void box_checks(struct box_maker *);

#endif
