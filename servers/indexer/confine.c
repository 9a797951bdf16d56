/*
 * confine.c - the sandbox of a reader.
 */
#include "indexer/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "indexer/filter.h"

static const int allowed[] = {
	SYS_read,
	SYS_pread64,
	SYS_lseek,
	SYS_fstat,
	SYS_write,
	SYS_writev,
	SYS_recvmsg,
	SYS_close,
	SYS_ppoll,
	SYS_brk,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_futex,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_rt_sigaction,
	SYS_sigaltstack,
	SYS_getpid,
	SYS_getppid,
	SYS_gettid,
	SYS_getrandom,
	SYS_clock_gettime,
	SYS_clock_getres,
	SYS_gettimeofday,
	SYS_sysinfo,
	SYS_sched_yield,
	SYS_set_robust_list,
	SYS_restart_syscall,
	SYS_exit,
	SYS_exit_group,
#ifdef SYS_poll
	SYS_poll,
	SYS_time,
#endif
};

/* Libraries look for files that they can do without. */
static const int refused[] = {
	SYS_openat,
	SYS_openat2,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_readlinkat,
	SYS_statx,
	SYS_ioctl,
#ifdef SYS_open
	SYS_open,
	SYS_access,
	SYS_readlink,
	SYS_stat,
	SYS_lstat,
#endif
};

/* Who does one of these is not us any more. */
static const int fatal[] = {
	SYS_execve,
	SYS_execveat,
	SYS_clone,
	SYS_clone3,
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_kill,
	SYS_tkill,
	SYS_pidfd_open,
	SYS_pidfd_getfd,
	SYS_socket,
	SYS_socketpair,
	SYS_connect,
	SYS_bind,
	SYS_listen,
	SYS_accept,
	SYS_accept4,
	SYS_sendto,
	SYS_sendmmsg,
	SYS_setuid,
	SYS_setgid,
	SYS_chroot,
	SYS_mount,
	SYS_unshare,
	SYS_setns,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_io_uring_setup,
	SYS_keyctl,
	SYS_unlinkat,
	SYS_renameat2,
	SYS_linkat,
	SYS_mkdirat,
	SYS_ftruncate,
	SYS_truncate,
	SYS_fchmod,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
	SYS_unlink,
	SYS_rename,
	SYS_link,
	SYS_mkdir,
#endif
};

static const struct filter calls = {
	FILTER_LIST(allowed),
	FILTER_LIST(refused),
	FILTER_LIST(fatal),
};

/* A look at an open file, and abort(). */
static int
add_some(void *rules)
{
	int status = seccomp_rule_add(rules, SCMP_ACT_ALLOW, SYS_newfstatat, 1,
	    FILTER_ARG(3, EQ, AT_EMPTY_PATH));

	if (status == 0)
		status = seccomp_rule_add(rules, SCMP_ACT_ALLOW, SYS_fcntl, 1,
		    FILTER_ARG(1, EQ, F_GETFL));
	if (status == 0)
		status = seccomp_rule_add(rules, SCMP_ACT_ALLOW, SYS_tgkill, 2,
		    FILTER_ARG(0, EQ, getpid()), FILTER_ARG(2, EQ, SIGABRT));
	return status;
}

static int
limit(enum __rlimit_resource resource, rlim_t most)
{
	const struct rlimit l = { most, most };

	/* Who is not allowed a limit has a lower one already. */
	return setrlimit(resource, &l) == 0 || errno == EPERM ? 0 : -1;
}

int
confine(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	if (getppid() != parent)
		_exit(0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 || limit(RLIMIT_NPROC, 0) < 0 ||
	    limit(RLIMIT_CORE, 0) < 0 ||
	    limit(RLIMIT_NOFILE, CONFINE_OPEN_MAX) < 0)
		return -1;
#ifndef BERTH_ASAN /* whose shadow would count */
	if (limit(RLIMIT_DATA, CONFINE_DATA_MAX) < 0)
		return -1;
#endif
	return filter_enter(&calls, add_some);
}
