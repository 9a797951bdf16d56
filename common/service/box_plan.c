/*
 * box_plan.c - the plan of the box, made and tried by the master.
 */
#include "service/box_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes/num.h"
#include "service/box.h"
#include "service/box_land.h"
#include "service/service.h"
#include "system/log.h"

/* The address sanitizer reserves terabytes, so its memory has no limit. */
#if defined(__SANITIZE_ADDRESS__)
#define LIMIT_DATA 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LIMIT_DATA 0
#endif
#endif
#ifndef LIMIT_DATA
#define LIMIT_DATA 1
#endif

/* In the environment of a child of --exec: "7+", the ABI of Landlock and
 * whether there is seccomp. */
#define TRIED_ENV "BERTH_BOX"

/* What went wrong in the process that tries the plan. */
enum trial { TRIAL_FINE, TRIAL_USER, TRIAL_LAND, TRIAL_FILTER, TRIAL_OTHER };

static int
lower(enum __rlimit_resource resource, rlim_t most)
{
	struct rlimit l;

	if (getrlimit(resource, &l) < 0)
		return -1;
	if (l.rlim_cur > most)
		l.rlim_cur = most;
	if (l.rlim_max > most)
		l.rlim_max = most;
	return setrlimit(resource, &l);
}

/*
 * Limits that may be the master's too.
 */
static int
limit_everyone(void)
{
	if (lower(RLIMIT_CORE, 0) < 0 || lower(RLIMIT_STACK, BOX_STACK_MAX) < 0)
		return -1;
	return LIMIT_DATA ? lower(RLIMIT_DATA, BOX_DATA_MAX) : 0;
}

static int
explain(const char **why, const char *what)
{
	static char words[512];

	snprintf(words, sizeof words, "%s: %s", what, strerror(errno));
	*why = words;
	return -1;
}

/*
 * Directories that children write to must be theirs.
 */
static int
give_directories(
    const struct box_plan *p, const struct box_wish *wish, const char **why)
{
	if (!p->user.drop)
		return 0;
	for (size_t i = 0; i < wish->service_count; i++) {
		const struct service *s = wish->services[i];

		for (size_t k = 0; k < s->path_count; k++)
			if (s->paths[k].right == BOX_WRITE &&
			    box_user_give(&p->user, s->paths[k].path) < 0)
				return explain(why, s->paths[k].path);
	}
	return 0;
}

static int
make_ruleset(struct box_plan *p, size_t at, const struct box_path *paths,
    size_t count, const char **why)
{
	const char *which;

	p->ruleset[at] = box_land_make(p->abi, paths, count, &which);
	if (p->ruleset[at] >= 0)
		return 0;
	return explain(why, which != NULL ? which : "landlock");
}

static int
make_rulesets(struct box_plan *p, const struct box_wish *wish, const char **why)
{
	struct box_path all[SERVER_MAX_SERVICES * SERVICE_MAX_PATHS];
	size_t n = 0;

	for (size_t i = 0; i < wish->service_count; i++) {
		const struct service *s = wish->services[i];

		memcpy(&all[n], s->paths, s->path_count * sizeof *all);
		n += s->path_count;
		if (!p->shared &&
		    make_ruleset(p, i, s->paths, s->path_count, why) < 0)
			return -1;
	}
	return p->shared ? make_ruleset(p, 0, all, n, why) : 0;
}

static unsigned
needs(const struct box_wish *wish, int abi)
{
	unsigned n = wish->datagrams ? BOX_NEEDS_DATAGRAM : 0;

	if (box_land_keeps_signals(abi))
		n |= BOX_NEEDS_ABORT;
	for (size_t i = 0; i < wish->service_count; i++)
		for (size_t k = 0; k < wish->services[i]->path_count; k++) {
			switch (wish->services[i]->paths[k].right) {
			case BOX_WRITE:
				n |= BOX_NEEDS_WRITE;
				break;
			case BOX_WATCH:
				n |= BOX_NEEDS_WATCH;
				break;
			case BOX_READ:
				break;
			}
		}
	return n;
}

/*
 * Enter it step by step in a process of its own.
 */
static enum trial
try_inside(const struct box_plan *p)
{
	if (box_user_become(&p->user) < 0)
		return TRIAL_USER;
	if (p->bare)
		return TRIAL_FINE;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return TRIAL_OTHER;
	if (p->abi > 0 && box_land_enter(p->ruleset[0]) < 0)
		return TRIAL_LAND;
	if (box_limit(p) < 0)
		return TRIAL_OTHER;
	if (p->seccomp && box_filter_load(&p->filter) < 0)
		return TRIAL_FILTER;
	return TRIAL_FINE;
}

static enum trial
try_plan(const struct box_plan *p)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit((int)try_inside(p));
	if (pid < 0)
		return TRIAL_OTHER;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return TRIAL_OTHER;
	return WIFEXITED(status) ? (enum trial)WEXITSTATUS(status) :
				   TRIAL_OTHER;
}

static void
make_filters(struct box_plan *p, const struct box_wish *wish)
{
	unsigned n = needs(wish, p->abi);

	box_filter_make(&p->filter, n);
	box_filter_make(&p->nursery, n | BOX_NEEDS_FORK);
}

/*
 * Try, and do without what the system refuses.
 */
static int
settle_plan(struct box_plan *p, const struct box_wish *wish, const char **why)
{
	for (;;) {
		make_filters(p, wish);
		switch (try_plan(p)) {
		case TRIAL_FINE:
			return 0;
		case TRIAL_USER:
			*why = "the system does not let us become that user";
			return -1;
		case TRIAL_LAND:
			p->abi = 0;
			break;
		case TRIAL_FILTER:
			p->seccomp = false;
			break;
		default:
			*why = "a child cannot enter the box";
			return -1;
		}
	}
}

/* What the master's trial has shown; see box_bequeath(). */
static bool
inherit(struct box_plan *p)
{
	struct slice text = slice_of(getenv(TRIED_ENV));
	uint64_t abi;

	if (text.n < 2 ||
	    num_within((struct slice){ text.p, text.n - 1 }, 0,
		(uint64_t)p->abi, &abi) != NUM_OK)
		return false;
	p->abi = (int)abi;
	p->seccomp = p->seccomp && text.p[text.n - 1] == '+';
	unsetenv(TRIED_ENV);
	return true;
}

static void
summarise(struct box_plan *p, int kernel_abi)
{
	char *at = p->summary;
	size_t left = sizeof p->summary;
	int n = snprintf(at, left, "user %s", p->user.name);

	if (p->bare) {
		snprintf(at + n, left - (size_t)n, ", no box");
		return;
	}
	n += snprintf(at + n, left - (size_t)n, ", no_new_privs, limits");
	if (p->abi > 0)
		n += snprintf(at + n, left - (size_t)n, ", landlock abi %d%s",
		    p->abi,
		    p->abi >= 6     ? "" :
			p->abi >= 4 ? " (not signals)" :
				      " (not tcp, signals)");
	if (p->seccomp)
		n += snprintf(at + n, left - (size_t)n, ", seccomp");
	if (p->abi == 0)
		n += snprintf(at + n, left - (size_t)n, "; not to be had: %s",
		    kernel_abi > 0 ? "landlock (refused)" : "landlock");
	if (!p->seccomp)
		snprintf(at + n, left - (size_t)n, "%s",
		    p->abi == 0 ? ", seccomp" : "; not to be had: seccomp");
}

struct box_plan *
box_plan_new(const struct box_wish *wish, const char **why)
{
	static struct box_plan plan; /* a program has one */
	struct box_plan *p = &plan;
	int kernel_abi = box_land_abi();
	bool tried;

	if (wish->service_count > SERVER_MAX_SERVICES)
		bug("box: %zu services", wish->service_count);
	p->bare = wish->bare || wish->measured;
	p->measured = wish->measured;
	p->shared = wish->shared;
	p->cpu_s = wish->cpu_s > 0 ? wish->cpu_s : BOX_CPU_S;
	if (box_user_find(&p->user, wish->user, why) < 0)
		return NULL;
	p->user.drop = p->user.drop && !p->measured;
	if (give_directories(p, wish, why) < 0)
		return NULL;
	if (!p->bare) {
		p->abi = kernel_abi;
		p->seccomp = box_filter_supported();
		if (limit_everyone() < 0) {
			*why = "the limits on memory cannot be set";
			return NULL;
		}
	}
	tried = wish->tried && inherit(p);
	if (p->abi > 0 && make_rulesets(p, wish, why) < 0)
		return NULL;
	if (tried)
		make_filters(p, wish);
	else if (settle_plan(p, wish, why) < 0)
		return NULL;
	summarise(p, kernel_abi);
	return p;
}

const char *
box_summary(const struct box_plan *p)
{
	return p->summary;
}

int
box_bequeath(const struct box_plan *p)
{
	char text[2 * NUM_MAX_TEXT];
	size_t n = num_text((uint64_t)p->abi, text);

	text[n++] = p->seccomp ? '+' : '-';
	text[n] = '\0';
	return setenv(TRIED_ENV, text, 1);
}
