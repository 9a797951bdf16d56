/*
 * box_plan.h - what a plan holds; the inside of box.c and box_plan.c.
 */
#ifndef BOX_PLAN_H
#define BOX_PLAN_H

#include <stdbool.h>

#include "service/box_filter.h"
#include "service/box_user.h"
#include "service/server.h"

struct box_plan {
	struct box_user user;
	bool bare, measured, shared;
	unsigned cpu_s;
	int abi; /* of Landlock; 0: none */
	bool seccomp;
	struct box_filter filter, nursery; /* of a child, of its nursery */
	int ruleset[SERVER_MAX_SERVICES];  /* the first for all, if shared */
	char summary[256];
};

/*
 * The limits of a child, all but those that it has from the master.  Returns
 * 0, or -1 with errno.
 */
int box_limit(const struct box_plan *);

#endif
