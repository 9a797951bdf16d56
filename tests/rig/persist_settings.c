/*
 * persist_settings.c - attempts to leave something behind in what the kernel
 * knows of a process: descriptors, signals, alarms, limits and names.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "rig/persist_inside.h"

#define PAGE ((size_t)4096)
#define MOST 64 /* descriptors with low numbers */

static char global[8 * PAGE] __attribute__((aligned(4096)));

/* The last descriptor, which is the client's. */
static int
highest(void)
{
	int last = MOST - 1;

	while (last > 0 && fcntl(last, F_GETFD) < 0)
		last--;
	return last;
}

static bool
open_many(void)
{
	int n = 0;

	while (dup(highest()) >= 0)
		n++;
	return n > 0;
}

/* Anything at all, to any of the descriptors that all clients share; but the
 * client's own, which comes next, must stay. */
static bool
spoil_descriptors(void)
{
	const struct timeval t = { 1, 0 };
	bool any = false;
	int last = highest();

	for (int fd = 0; fd < last; fd++) {
		any |= ioctl(fd, FIONBIO, &(int){ 1 }) == 0;
		any |=
		    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0;
		any |= fcntl(fd, F_SETFD, 0) == 0;
		any |= fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK) == 0;
		any |= fcntl(fd, F_DUPFD, 50) >= 0;
		any |= fcntl(fd, F_SETOWN, getpid()) == 0;
		any |= shutdown(fd, SHUT_RDWR) == 0;
		any |= dup3(fd, 60, 0) >= 0;
		any |= dup2(last, fd) >= 0;
		any |= lseek(fd, 3, SEEK_SET) >= 0;
		any |= close(fd) == 0;
		any |= close_range((unsigned)fd, (unsigned)fd, 0) == 0;
	}
	return any;
}

static void
handle(int sig)
{
	(void)sig;
}

static bool
handle_signals(void)
{
	bool any = false;

	for (int sig = 1; sig < NSIG; sig++)
		any |= signal(sig, handle) != SIG_ERR;
	return any;
}

bool
persist_block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	return sigprocmask(SIG_BLOCK, &all, NULL) == 0;
}

/* It is pending when the next client comes. */
static bool
keep_signal_pending(void)
{
	const struct itimerval soon = { .it_value = { 0, 1000 } };
	const struct timespec later = { 0, 20 * 1000 * 1000 };

	persist_block_signals();
	if (setitimer(ITIMER_REAL, &soon, NULL) < 0)
		return false;
	nanosleep(&later, NULL);
	return true;
}

static bool
set_alarm(void)
{
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } };

	return setitimer(ITIMER_REAL, &often, NULL) == 0;
}

static bool
set_other_alarms(void)
{
	const struct itimerval soon = { .it_value = { 1, 0 } };
	struct sigevent none = { .sigev_notify = SIGEV_NONE };
	timer_t timer;

	return setitimer(ITIMER_VIRTUAL, &soon, NULL) == 0 ||
	    setitimer(ITIMER_PROF, &soon, NULL) == 0 ||
	    timer_create(CLOCK_MONOTONIC, &none, &timer) == 0;
}

static bool
change_stack_of_signals(void)
{
	const stack_t s = { .ss_sp = global, .ss_size = sizeof(global) };

	return sigaltstack(&s, NULL) == 0;
}

static bool
change_limits(void)
{
	bool any = false;

	for (int what = 0; what < RLIM_NLIMITS; what++)
		any |= setrlimit((__rlimit_resource_t)what,
			   &(struct rlimit){ 1, 1 }) == 0;
	return any;
}

static bool
change_name(void)
{
	return prctl(PR_SET_NAME, "somebody") == 0;
}

static bool
change_attributes(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ||
	    prctl(PR_SET_PDEATHSIG, 0) == 0 || prctl(PR_SET_DUMPABLE, 1) == 0 ||
	    prctl(PR_SET_TIMERSLACK, 1) == 0 ||
	    prctl(PR_SET_TSC, PR_TSC_SIGSEGV) == 0 ||
	    prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, global, PAGE, "x") == 0;
}

static bool
change_lists(void)
{
	static struct {
		void *next;
		long offset;
		void *pending;
	} list;

	return syscall(SYS_set_robust_list, &list, sizeof(list)) == 0 ||
	    syscall(SYS_rseq, global, 32, 0, 0x53053053) == 0 ||
	    syscall(SYS_set_tid_address, global) > 0;
}

static bool
go_elsewhere(void)
{
	bool any = chdir("/") == 0;

	for (int fd = 0; fd < MOST; fd++)
		any |= fchdir(fd) == 0;
	umask(0123);
	return any || umask(0022) == 0123;
}

static bool
change_priority(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	return setpriority(PRIO_PROCESS, 0, 10) == 0 ||
	    sched_setaffinity(0, sizeof(one), &one) == 0 ||
	    sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){ 0 }) == 0;
}

static bool
narrow_sandbox(void)
{
	bool any = false;

	for (int fd = 0; fd < MOST; fd++)
		any |= syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	return any;
}

static bool
load_filter(void)
{
	return syscall(SYS_seccomp, 1, 0, NULL) == 0;
}

const struct persist_attempt persist_settings[] = {
	{ "open", open_many, false },
	{ "descriptors", spoil_descriptors, false },
	{ "handlers", handle_signals, false },
	{ "mask", persist_block_signals, false },
	{ "pending", keep_signal_pending, true },
	{ "alarm", set_alarm, false },
	{ "timers", set_other_alarms, false },
	{ "sigaltstack", change_stack_of_signals, false },
	{ "limits", change_limits, false },
	{ "name", change_name, false },
	{ "prctl", change_attributes, false },
	{ "lists", change_lists, false },
	{ "directory", go_elsewhere, false },
	{ "priority", change_priority, false },
	{ "landlock", narrow_sandbox, false },
	{ "seccomp", load_filter, true },
	{ 0 },
};
