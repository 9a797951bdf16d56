/*
 * sandbox.c - the steps into the sandbox.
 *
 * The order matters: ids first (they need rights), then death with the master
 * (a change of ids takes it back), the limits, and the filter last, for it
 * forbids the other steps.  The plan is made in plan.c.
 */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/calls.h"
#include "sandbox/landlock.h"
#include "sandbox/plan.h"
#include "system/addr.h"
#include "system/image.h"

/*
 * Who is not allowed a limit has a lower one already.
 */
static int
limit(enum __rlimit_resource resource, rlim_t soft, rlim_t hard)
{
	const struct rlimit l = { soft, hard };

	if (setrlimit(resource, &l) == 0 || errno == EPERM)
		return 0;
	return -1;
}

/*
 * For each connection of a child that serves many: SIGXCPU when it has run for
 * cpu_s more seconds.
 */
static int
limit_cpu_again(const struct sandbox_plan *p)
{
	struct timespec used;
	struct rlimit l;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0 ||
	    getrlimit(RLIMIT_CPU, &l) < 0)
		return -1;
	l.rlim_cur = (rlim_t)used.tv_sec + 1 + p->cpu_s;
	if (l.rlim_cur > l.rlim_max)
		l.rlim_cur = l.rlim_max;
	return setrlimit(RLIMIT_CPU, &l);
}

int
sandbox_limit(const struct sandbox_plan *p)
{
	if (limit(RLIMIT_NPROC, 0, 0) < 0 ||
	    limit(RLIMIT_NOFILE, SANDBOX_OPEN_MAX, SANDBOX_OPEN_MAX) < 0)
		return -1;
	if (p->shared && !p->restore)
		return 0;
	/* SIGXCPU, and SIGKILL for who does not care. */
	return limit(RLIMIT_CPU, p->cpu_s, p->cpu_s + 2);
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
sandbox_enter_but_filters(const struct sandbox_plan *p, pid_t master)
{
	if (privdrop_become(&p->user) < 0 || die_with(master) < 0)
		return -1;
	if (p->bare)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 || sandbox_limit(p) < 0)
		return -1;
	return p->shared && p->abi > 0 ? landlock_enter(p->ruleset[0]) : 0;
}

int
sandbox_enter(const struct sandbox_plan *p, pid_t master)
{
	if (sandbox_enter_but_filters(p, master) < 0)
		return -1;
	return p->seccomp && !p->bare ? seccomp_filter_load(&p->filters.child) :
					0;
}

bool
sandbox_has_zygote(const struct sandbox_plan *p)
{
	return !p->bare && p->seccomp;
}

int
sandbox_enter_zygote(const struct sandbox_plan *p, pid_t master)
{
	/* Who is restored opens its own memory first, and gives up its user
	 * then: no process of that user could ever do so, too. */
	if ((!p->restore &&
		(privdrop_become(&p->user) < 0 ||
		    prctl(PR_SET_DUMPABLE, 0) < 0)) ||
	    die_with(master) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    limit(RLIMIT_NOFILE, SANDBOX_OPEN_MAX, SANDBOX_OPEN_MAX) < 0)
		return -1;
	return seccomp_filter_load(&p->filters.zygote);
}

int
sandbox_enter_born(const struct sandbox_plan *p, pid_t master)
{
	if (die_with(master) < 0)
		return -1;
	/* The filter lets a zygote fork; this takes it back. */
	if (limit(RLIMIT_NPROC, 0, 0) < 0)
		return -1;
	if (p->shared)
		return p->abi > 0 ? landlock_enter(p->ruleset[0]) : 0;
	return limit(RLIMIT_CPU, p->cpu_s, p->cpu_s + 2);
}

int
sandbox_become_user(const struct sandbox_plan *p, pid_t master)
{
	if (privdrop_become(&p->user) < 0 || die_with(master) < 0)
		return -1;
	return p->bare ? 0 : prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* No directory at all. */
static int
enter_nowhere(const struct sandbox_plan *p)
{
	const char *which;
	int ruleset, done;

	if (p->abi == 0)
		return 0;
	ruleset = landlock_make(p->abi, NULL, 0, &which);
	if (ruleset < 0)
		return -1;
	done = landlock_enter(ruleset);
	close(ruleset);
	return done;
}

int
sandbox_enter_helper(const struct sandbox_plan *p, pid_t master)
{
	if (privdrop_become(&p->user) < 0 || die_with(master) < 0)
		return -1;
	if (p->bare)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 || limit(RLIMIT_NPROC, 0, 0) < 0)
		return -1;
	return enter_nowhere(p);
}

int
sandbox_enter_logger(const struct sandbox_plan *p)
{
	if (sandbox_enter_helper(p, 0) < 0)
		return -1;
	return p->seccomp && !p->bare ?
	    seccomp_filter_load(&p->filters.logger) :
	    0;
}

int
sandbox_enter_for(const struct sandbox_plan *p, size_t service)
{
	if (p->bare || p->restore)
		return 0; /* it has entered all of it */
	if (p->shared)
		return limit_cpu_again(p);
	if (p->abi > 0 && landlock_enter(p->ruleset[service]) < 0)
		return -1;
	if (!p->seccomp || !p->lessens[service])
		return 0;
	return seccomp_filter_load(&p->filters.less[service]);
}

/*
 * A seccomp filter sees the pointer to an address and not the address.  So
 * there is one place for it, which the filter knows; and once it is filled in
 * no call is left that could write there, or put other memory there.
 */
static const struct addr *
put_in_its_place(const struct addr *peer)
{
	static struct addr *page;

	if (page == NULL) {
		page = mmap((void *)SANDBOX_ANSWER_PAGE, sizeof(*page),
		    PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (page == MAP_FAILED) {
			page = NULL;
			return NULL;
		}
	}
	*page = *peer;
	return page;
}

int
sandbox_deafen(const struct sandbox_plan *p, int *fd, const struct addr **peer)
{
	if (p->bare || !p->seccomp)
		return 0;
	*peer = put_in_its_place(*peer);
	if (*peer == NULL)
		return -1;
	if (p->shared)
		return 0;
	if (mprotect((void *)SANDBOX_ANSWER_PAGE, sizeof(**peer), PROT_READ) <
	    0)
		return -1;
	if (dup3(*fd, IMAGE_DATAGRAM_FD, O_CLOEXEC) < 0)
		return -1;
	close(*fd);
	*fd = IMAGE_DATAGRAM_FD;
	return seccomp_filter_load(&p->filters.deaf);
}
