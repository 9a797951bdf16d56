/*
 * enclose.c - the sandbox of the indexer itself.
 */
#include "indexer/enclose.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "indexer/filter.h"
#include "mail/index.h"
#include "mail/maildir_open.h"
#include "sandbox/landlock.h"
#include "service/service.h"
#include "system/log.h"

static const int allowed[] = {
	/* Files: which ones is Landlock's business. */
	SYS_openat,
	SYS_openat2,
	SYS_read,
	SYS_pread64,
	SYS_write,
	SYS_writev,
	SYS_pwrite64,
	SYS_lseek,
	SYS_fstat,
	SYS_newfstatat,
	SYS_statx,
	SYS_fstatfs,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_readlinkat,
	SYS_getdents64,
	SYS_close,
	SYS_close_range,
	SYS_dup,
	SYS_dup3,
	SYS_fcntl,
	SYS_flock,
	SYS_fsync,
	SYS_fdatasync,
	SYS_ftruncate,
	SYS_fallocate,
	SYS_copy_file_range,
	SYS_fadvise64,
	SYS_unlinkat,
	SYS_renameat2,
	SYS_mkdirat,
	SYS_fgetxattr,
	SYS_fsetxattr,
	SYS_umask,
	/* What happens, and waiting for it. */
	SYS_inotify_init1,
	SYS_inotify_add_watch,
	SYS_inotify_rm_watch,
	SYS_ppoll,
#ifdef SYS_poll
	SYS_poll,
#endif
	SYS_nanosleep,
	SYS_clock_nanosleep,
	SYS_restart_syscall,
	/* The readers, and what they need to enter their own sandbox. */
	SYS_pipe2,
	SYS_sendmsg,
	SYS_recvmsg,
	SYS_wait4,
	SYS_kill,
	SYS_prctl,
	SYS_prlimit64,
	SYS_seccomp,
	SYS_set_robust_list,
	SYS_rseq,
	SYS_getppid,
	/* Memory, signals, time, the end. */
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
	SYS_gettid,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
	SYS_getrandom,
	SYS_clock_gettime,
	SYS_clock_getres,
	SYS_gettimeofday,
	SYS_getrusage,
	SYS_sysinfo,
	SYS_uname,
	SYS_sched_yield,
	SYS_exit,
	SYS_exit_group,
#ifdef SYS_open
	SYS_open,
	SYS_stat,
	SYS_lstat,
	SYS_access,
	SYS_readlink,
	SYS_time,
	SYS_dup2,
	SYS_unlink,
	SYS_rename,
	SYS_renameat,
	SYS_mkdir,
	SYS_rmdir,
	SYS_getrlimit,
	SYS_setrlimit,
#else
	SYS_renameat,
#endif
};

/* SQLite and libraries try these, and can do without. */
static const int refused[] = {
	SYS_ioctl,
	SYS_fchmod,
	SYS_fchown,
	SYS_utimensat,
};

static const int fatal[] = {
	SYS_execve,
	SYS_execveat,
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_tkill,
	SYS_rt_sigqueueinfo,
	SYS_pidfd_open,
	SYS_pidfd_getfd,
	SYS_pidfd_send_signal,
	SYS_socket,
	SYS_connect,
	SYS_bind,
	SYS_listen,
	SYS_accept,
	SYS_accept4,
	SYS_sendmmsg,
	SYS_setuid,
	SYS_setgid,
	SYS_setresuid,
	SYS_setresgid,
	SYS_setgroups,
	SYS_capset,
	SYS_chroot,
	SYS_pivot_root,
	SYS_mount,
	SYS_umount2,
	SYS_unshare,
	SYS_setns,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_io_uring_setup,
	SYS_keyctl,
	SYS_add_key,
	SYS_request_key,
	SYS_linkat,
	SYS_symlinkat,
	SYS_mknodat,
	SYS_truncate,
	SYS_fchmodat,
	SYS_fchownat,
	SYS_open_by_handle_at,
	SYS_init_module,
	SYS_finit_module,
	SYS_kexec_load,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
	SYS_link,
	SYS_symlink,
	SYS_mknod,
	SYS_chmod,
	SYS_chown,
	SYS_lchown,
#endif
};

static const struct filter calls = {
	FILTER_LIST(allowed),
	FILTER_LIST(refused),
	FILTER_LIST(fatal),
};

/* As fork(3) calls it: a process, in no namespace of its own. */
#define FORK (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD)

static int
add_some(void *rules)
{
	int status = seccomp_rule_add(
	    rules, SCMP_ACT_ALLOW, SYS_clone, 1, FILTER_ARG(0, EQ, FORK));

	if (status == 0)
		status = seccomp_rule_add(rules, SCMP_ACT_ALLOW, SYS_socketpair,
		    1, FILTER_ARG(0, EQ, AF_UNIX));
	if (status == 0)
		status = seccomp_rule_add(rules, SCMP_ACT_ALLOW, SYS_tgkill, 1,
		    FILTER_ARG(2, EQ, SIGABRT));
	/* Words to the logger, on the socket that there is. */
	if (status == 0)
		status = seccomp_rule_add(
		    rules, SCMP_ACT_ALLOW, SYS_sendto, 1, FILTER_ARG(4, EQ, 0));
	return status;
}

/* Returns 0, or -1 with errno. */
static int
leave_directories(int root, const char *path)
{
	int own = maildir_open_beneath(root, INDEX_DIR, O_PATH | O_DIRECTORY);
	const struct sandbox_path paths[] = {
		{ path, SANDBOX_WATCH, root },
		{ path, SANDBOX_MOVE, root },
		{ INDEX_DIR, SANDBOX_OWN, own },
	};
	int abi = landlock_abi(), rules = -1, why = ENOSYS;
	const char *which;

	if (own >= 0 && abi > 0) {
		rules = landlock_make(abi, paths, 3, &which);
		why = errno;
	}
	if (own >= 0)
		close(own);
	errno = why;
	if (rules < 0)
		return -1;
	if (landlock_enter(rules) < 0)
		return -1;
	close(rules);
	return 0;
}

void
enclose(int root, const char *path)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		log_warn("sandbox: %s", strerror(errno));
	if (leave_directories(root, path) < 0)
		log_warn("sandbox: all files are in reach (Landlock: %s)",
		    strerror(errno));
	if (filter_enter(&calls, add_some) < 0)
		log_warn("sandbox: all system calls are in reach (seccomp: %s)",
		    strerror(errno));
}
