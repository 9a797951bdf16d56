/*
 * box_plan.h - what a plan holds; the inside of box.c and box_plan.c.
 */
#ifndef BOX_PLAN_H
#define BOX_PLAN_H

#include <stdbool.h>

#include "sandbox/seccomp.h"
#include "sandbox/privdrop.h"
#include "program/server.h"

struct box_filters {
	struct box_filter child, nursery;
	struct box_filter deaf; /* of length 0: no datagrams */
};

struct box_wish;

struct box_plan {
	struct box_user user;
	bool bare, shared;
	unsigned cpu_s;
	int abi;      /* of Landlock; 0: none */
	bool seccomp; /* the filters are there, and to be loaded */
	struct box_filters filters;
	int ruleset[SERVER_MAX_SERVICES]; /* the first for all, if shared */
	char summary[256];
};

/*
 * The limits of a child, all but those that it has from the master.  Returns
 * 0, or -1 with errno.
 */
int box_limit(const struct box_plan *);

/*
 * box_trial.c: have the filters made and the plan tried by a process of its
 * own; do without what the system refuses.  Returns 0, or -1 with *why.
 */
int box_settle(struct box_plan *, const struct box_wish *, const char **why);

/*
 * box_pass.c: take what box_bequeath() passed on.  Returns whether it was
 * there.
 */
bool box_inherit(struct box_plan *);

#endif
