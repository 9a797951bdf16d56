/*
 * plan.h - what a plan holds; the inside of sandbox.c and plan.c.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/seccomp.h"
#include "sandbox/privdrop.h"
#include "service/service.h"

struct sandbox_filters {
	struct seccomp_filter child, zygote, logger;
	struct seccomp_filter deaf; /* of length 0: no datagrams */
	/* Of length 0: no child is restored. */
	struct seccomp_filter restored, restorer;
	/* For each service; of length 0: it needs as much as all together. */
	struct seccomp_filter less[SERVICE_MAX];
};

struct sandbox_wish;

struct sandbox_plan {
	struct privdrop user;
	bool bare, shared;
	bool restore; /* shared, and each client meets a pristine child */
	unsigned cpu_s;
	int abi;      /* of Landlock; 0: none */
	bool seccomp; /* the filters are there, and to be loaded */
	/* There is one for this service; the page that says so by its length
	 * is one that no child has touched. */
	bool lessens[SERVICE_MAX];
	struct sandbox_filters filters;
	int ruleset[SERVICE_MAX]; /* the first for all, if shared */
	char summary[256];
};

/*
 * The limits of a child, all but those that it has from the master.  Returns
 * 0, or -1 with errno.
 */
int sandbox_limit(const struct sandbox_plan *);

/*
 * sandbox.c: the steps before the filter; those of a helper that opens no
 * file (master 0: it may outlive it).  Return as sandbox_enter().
 */
int sandbox_enter_but_filters(const struct sandbox_plan *, pid_t master);
int sandbox_enter_helper(const struct sandbox_plan *, pid_t master);

/*
 * reach.c: open the directories of all services, with the rights that we have;
 * then, as the user that children are, say which of them it cannot use.
 */
struct sandbox_reach {
	size_t n;
	struct sandbox_path at[SERVICE_MAX * SERVICE_MAX_PATHS];
	int fd[SERVICE_MAX * SERVICE_MAX_PATHS];
};

void sandbox_reach_open(struct sandbox_reach *, const struct sandbox_wish *);
void sandbox_reach_tell(const struct sandbox_reach *, const struct privdrop *);

/*
 * probe.c: have the filters made and the plan tried by a process of its
 * own; do without what the system refuses.  Returns 0, or -1 with *why.
 */
int sandbox_probe(
    struct sandbox_plan *, const struct sandbox_wish *, const char **why);

/*
 * pass.c: take what sandbox_bequeath() passed on.  Returns whether it was
 * there.
 */
bool sandbox_inherit(struct sandbox_plan *);

/*
 * Copy what is used of them, into a plan that has none yet: a page that was
 * never written is none that each child pays for.
 */
void sandbox_take_filters(
    struct sandbox_plan *, const struct sandbox_filters *);

#endif
