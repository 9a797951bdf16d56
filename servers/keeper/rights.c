/*
 * rights.c - the sandbox of the key keeper: it answers, and can do nothing
 * else.
 */
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keeper/keeper.h"
#include "sandbox/lacking.h"

/* All else ends it: nothing here asks the system for what it can do without. */
static const int allowed[] = {
	SYS_recvfrom,
	SYS_recvmsg,
	SYS_sendto,
	SYS_close,
	SYS_epoll_ctl,
	SYS_epoll_pwait,
	SYS_write, /* the log */
	SYS_writev,
	SYS_brk,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_futex,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_getpid,
	SYS_gettid,
	SYS_getrandom,
	SYS_clock_gettime,
	SYS_gettimeofday,
	SYS_sched_yield,
	SYS_restart_syscall,
	SYS_exit,
	SYS_exit_group,
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
	SYS_time,
#endif
};

/* Libraries ask for these and can do without. */
static const int refused[] = {
	SYS_openat,
	SYS_read,
	SYS_newfstatat,
	SYS_fstat,
	SYS_ioctl,
	SYS_sysinfo,
	SYS_lseek,
	SYS_fcntl,
};

/* Without PROT_EXEC. */
static const int memory[] = { SYS_mmap, SYS_mprotect };

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int
add_all(scmp_filter_ctx rules)
{
	const struct scmp_arg_cmp no_code = { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC,
		0 };
	int status = 0;

	for (size_t i = 0; i < COUNT(allowed) && status == 0; i++)
		status = seccomp_rule_add(rules, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < COUNT(refused) && status == 0; i++)
		status = seccomp_rule_add(
		    rules, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	for (size_t i = 0; i < COUNT(memory) && status == 0; i++)
		status = seccomp_rule_add_array(
		    rules, SCMP_ACT_ALLOW, memory[i], 1, &no_code);
	/* abort() says what was wrong with us. */
	if (status == 0)
		status = seccomp_rule_add(rules, SCMP_ACT_ALLOW, SYS_tgkill, 1,
		    SCMP_A2(SCMP_CMP_EQ, SIGABRT, 0));
	return status;
}

static int
filter(void)
{
	scmp_filter_ctx rules;
	int status;

	if (lacking_seccomp())
		return lacking("seccomp");
	rules = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (rules == NULL) {
		errno = ENOMEM;
		return -1;
	}
	/* What the kernel says, not what the library makes of it. */
	status = seccomp_attr_set(rules, SCMP_FLTATR_API_SYSRAWRC, 1);
	if (status == 0)
		status = add_all(rules);
	if (status == 0)
		status = seccomp_load(rules);
	seccomp_release(rules);
	errno = -status;
	return status == 0 ? 0 : lacking("seccomp");
}

int
keeper_confine(void)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit open;

	/* A descriptor for each connection. */
	if (getrlimit(RLIMIT_NOFILE, &open) < 0)
		return -1;
	open.rlim_cur = open.rlim_max;
	setrlimit(RLIMIT_NOFILE, &open);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -1;
#ifdef BERTH_ASAN /* whose own calls are not ours to list */
	(void)filter;
	return 0;
#else
	return filter();
#endif
}

size_t
keeper_calls(size_t *judged)
{
	*judged = COUNT(memory) + 1; /* tgkill(2) */
	return COUNT(allowed) + *judged;
}
