/*
 * box.c - the steps into the box.
 *
 * The order matters: ids first (they need rights), then death with the master
 * (a change of ids takes it back), the limits, and the filter last, for it
 * forbids the other steps.  The plan is made in box_plan.c.
 */
#include "service/box.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "service/box_land.h"
#include "service/box_plan.h"

/*
 * SIGXCPU when this process has run for cpu_s more seconds; SIGKILL later, if
 * it does not care.
 */
static int
limit_cpu(const struct box_plan *p)
{
	struct timespec used;
	struct rlimit l = { p->cpu_s, p->cpu_s + 2 };

	if (!p->shared)
		return setrlimit(RLIMIT_CPU, &l);
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0)
		return -1;
	l.rlim_cur += (rlim_t)used.tv_sec + 1;
	l.rlim_max = RLIM_INFINITY;
	return setrlimit(RLIMIT_CPU, &l);
}

int
box_limit(const struct box_plan *p)
{
	static const struct rlimit none = { 0, 0 };
	static const struct rlimit open = { BOX_OPEN_MAX, BOX_OPEN_MAX };

	if (setrlimit(RLIMIT_NPROC, &none) < 0 ||
	    setrlimit(RLIMIT_NOFILE, &open) < 0)
		return -1;
	return p->shared ? 0 : limit_cpu(p);
}

static int
die_with(pid_t master)
{
	if (master == 0)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	if (getppid() != master)
		_exit(CONDUCT_FINE);
	return 0;
}

int
box_enter(const struct box_plan *p, pid_t master)
{
	if (box_user_become(&p->user) < 0 || die_with(master) < 0)
		return -1;
	if (p->bare)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 || box_limit(p) < 0)
		return -1;
	if (p->shared && p->abi > 0 && box_land_enter(p->ruleset[0]) < 0)
		return -1;
	return p->seccomp ? box_filter_load(&p->filter) : 0;
}

int
box_enter_for(const struct box_plan *p, size_t service)
{
	if (p->bare)
		return 0;
	if (p->shared)
		return limit_cpu(p);
	return p->abi > 0 ? box_land_enter(p->ruleset[service]) : 0;
}
