/*
 * box_trial.c - what of a plan does this system really give?
 *
 * A process of its own makes the filters and enters the box step by step; what
 * is refused is left out.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "sandbox/landlock.h"
#include "sandbox/plan.h"
#include "service/service.h"

/* What went wrong in that process. */
enum trial {
	TRIAL_FINE,
	TRIAL_USER,
	TRIAL_LAND,
	TRIAL_MAKE,
	TRIAL_FILTER,
	TRIAL_OTHER
};

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

static int
make_filters(struct box_filters *f, const struct box_wish *wish, int abi)
{
	unsigned n = needs(wish, abi);

	if (box_filter_make(&f->child, n) < 0 ||
	    box_filter_make(&f->nursery, n | BOX_NEEDS_FORK) < 0)
		return -1;
	return wish->datagrams ? box_filter_make_deaf(&f->deaf) : 0;
}

static enum trial
try_inside(const struct box_plan *p, const struct box_wish *wish,
    struct box_filters *filters)
{
	if (p->seccomp && make_filters(filters, wish, p->abi) < 0)
		return TRIAL_MAKE;
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
	if (p->seccomp && box_filter_load(&filters->child) < 0)
		return TRIAL_FILTER;
	return TRIAL_FINE;
}

static enum trial
try_plan(const struct box_plan *p, const struct box_wish *wish,
    struct box_filters *filters)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit((int)try_inside(p, wish, filters));
	if (pid < 0 && wish->at_work)
		return p->seccomp && make_filters(filters, wish, p->abi) < 0 ?
		    TRIAL_MAKE :
		    TRIAL_FINE;
	if (pid < 0)
		return TRIAL_OTHER;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return TRIAL_OTHER;
	return WIFEXITED(status) ? (enum trial)WEXITSTATUS(status) :
				   TRIAL_OTHER;
}

static int
settle(struct box_plan *p, const struct box_wish *wish,
    struct box_filters *filters, const char **why)
{
	for (;;) {
		switch (try_plan(p, wish, filters)) {
		case TRIAL_FINE:
			p->filters = *filters;
			return 0;
		case TRIAL_USER:
			*why = "the system does not let us become that user";
			return -1;
		case TRIAL_MAKE:
			/* That is want, not an old kernel: no box less for it. */
			*why = "the seccomp filter cannot be made";
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

/*
 * The filters come from that process by shared memory: so the heap of
 * libseccomp, which is larger than ours, is not copied at every fork.
 */
int
box_settle(struct box_plan *p, const struct box_wish *wish, const char **why)
{
	struct box_filters *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int done;

	if (shared == MAP_FAILED) {
		*why = "no memory";
		return -1;
	}
	done = settle(p, wish, shared, why);
	munmap(shared, sizeof(*shared));
	return done;
}
