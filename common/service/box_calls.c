/*
 * box_calls.c - the table of system calls, by subject.
 *
 * What is not here gets ENOSYS.  Fatal is what no service of ours, and no
 * library that one uses, has a reason to issue: whoever does is not us any
 * more.
 */
#include "service/box_calls.h"

#include <sys/syscall.h>

#define NO(call)                    \
	{                           \
		SYS_##call, CALL_NO \
	}
#define YES(call)                    \
	{                            \
		SYS_##call, CALL_YES \
	}
#define FATAL(call)                    \
	{                              \
		SYS_##call, CALL_FATAL \
	}
#define WRITE(call)                    \
	{                              \
		SYS_##call, CALL_WRITE \
	}
#define WATCH(call)                    \
	{                              \
		SYS_##call, CALL_WATCH \
	}

/* clang-format off */
const struct call box_calls[] = {
	/* The connection. */
	YES(read), YES(readv), YES(write), YES(writev), YES(recvfrom),
	YES(recvmsg), YES(sendmsg), YES(shutdown), YES(close), YES(close_range),
	YES(getsockopt), YES(getsockname), YES(getpeername), YES(ppoll),
	YES(pselect6), YES(sendfile), YES(splice),
	{ SYS_sendto, CALL_ADDRESS }, { SYS_setsockopt, CALL_OPTION },

	/* Files: which ones is Landlock's business, once it is entered. */
	YES(landlock_restrict_self),
	YES(openat), YES(openat2), YES(newfstatat), YES(fstat), YES(statx),
	YES(statfs), YES(fstatfs), YES(lseek), YES(pread64), YES(preadv), YES(getdents64),
	YES(faccessat), YES(faccessat2), YES(readlinkat), YES(getcwd),
	YES(fadvise64), YES(flock), YES(dup), YES(dup3), YES(umask),
	{ SYS_fcntl, CALL_FCNTL }, { SYS_ioctl, CALL_IOCTL },

	/* Changing them; only the log is added to without these. */
	WRITE(fsync), WRITE(fdatasync), WRITE(linkat), WRITE(renameat2),
	WRITE(unlinkat), WRITE(mkdirat), WRITE(fchmod), WRITE(fchmodat),
	WRITE(utimensat), WRITE(pwrite64),

	/* Waiting and watching. */
	YES(epoll_create1), YES(epoll_ctl), YES(epoll_pwait), YES(eventfd2),
	YES(timerfd_create), YES(timerfd_settime), YES(nanosleep),
	YES(clock_nanosleep), YES(restart_syscall), YES(setitimer),
	YES(getitimer), WATCH(inotify_init1), WATCH(inotify_add_watch),
	WATCH(inotify_rm_watch),

	/* Time, identity, chance. */
	YES(clock_gettime), YES(clock_getres), YES(gettimeofday),
	YES(getrandom), YES(getpid), YES(getppid), YES(gettid), YES(getuid),
	YES(geteuid), YES(getgid), YES(getegid), YES(getrusage), YES(sysinfo),
	YES(uname), YES(times), { SYS_prlimit64, CALL_LIMIT },
	{ SYS_prctl, CALL_PRCTL },

	/* Memory, signals, the end. */
	YES(brk), YES(munmap), YES(mremap), YES(madvise),
	{ SYS_mmap, CALL_MEMORY }, { SYS_mprotect, CALL_MEMORY },
	YES(rt_sigaction), YES(rt_sigprocmask), YES(rt_sigreturn),
	YES(rt_sigpending), YES(rt_sigtimedwait), YES(rt_sigsuspend),
	YES(sigaltstack), YES(futex), YES(sched_yield), YES(sched_getaffinity),
	YES(getcpu), YES(set_robust_list), YES(rseq), YES(membarrier),
	YES(exit), YES(exit_group), { SYS_tgkill, CALL_ABORT },

	/* Another program, another process. */
	FATAL(execve), FATAL(execveat), FATAL(clone3),
	{ SYS_clone, CALL_FORK },
	FATAL(ptrace), FATAL(process_vm_readv), FATAL(process_vm_writev),
	FATAL(process_madvise), FATAL(kill), FATAL(tkill),
	FATAL(rt_sigqueueinfo), FATAL(rt_tgsigqueueinfo), FATAL(pidfd_open),
	FATAL(pidfd_getfd), FATAL(pidfd_send_signal), FATAL(kcmp),
	FATAL(wait4), FATAL(waitid), FATAL(setsid), FATAL(setpgid),

	/* Another connection. */
	FATAL(socket), FATAL(socketpair), FATAL(connect), FATAL(bind),
	FATAL(listen), FATAL(accept), FATAL(accept4),

	/* Another user, another view of the system. */
	FATAL(setuid), FATAL(setgid), FATAL(setreuid), FATAL(setregid),
	FATAL(setresuid), FATAL(setresgid), FATAL(setgroups), FATAL(setfsuid),
	FATAL(setfsgid), FATAL(capset), FATAL(chroot), FATAL(pivot_root),
	FATAL(mount), FATAL(umount2), FATAL(move_mount), FATAL(open_tree),
	FATAL(fsopen), FATAL(fsconfig), FATAL(fsmount), FATAL(fspick),
	FATAL(mount_setattr), FATAL(unshare), FATAL(setns),
	FATAL(personality), FATAL(name_to_handle_at),
	FATAL(open_by_handle_at), FATAL(mknodat), FATAL(fchown),
	FATAL(fchownat), FATAL(truncate), NO(ftruncate),
	NO(fallocate),

	/* The doors that kernel exploits like. */
	FATAL(bpf), FATAL(perf_event_open), FATAL(userfaultfd),
	FATAL(io_uring_setup), FATAL(io_uring_enter),
	FATAL(io_uring_register), FATAL(io_setup), FATAL(io_submit),
	FATAL(keyctl), FATAL(add_key), FATAL(request_key), FATAL(vmsplice),
	FATAL(remap_file_pages), FATAL(mbind), FATAL(move_pages),
	FATAL(migrate_pages), FATAL(fanotify_init), FATAL(fanotify_mark),
	FATAL(init_module), FATAL(finit_module), FATAL(delete_module),
	FATAL(kexec_load), FATAL(reboot), FATAL(swapon), FATAL(swapoff),
	FATAL(acct), FATAL(quotactl), FATAL(syslog), FATAL(sethostname),
	FATAL(setdomainname), FATAL(settimeofday), FATAL(clock_settime),
	FATAL(adjtimex), FATAL(clock_adjtime), FATAL(vhangup),
	FATAL(lookup_dcookie), FATAL(seccomp),

#ifdef SYS_open /* the calls that only older architectures have */
	YES(open), YES(stat), YES(lstat), YES(access), YES(readlink),
	YES(poll), YES(select), YES(epoll_create), YES(epoll_wait),
	YES(eventfd), YES(dup2), YES(alarm), YES(time), YES(getrlimit),
	WATCH(inotify_init),
	WRITE(link), WRITE(rename), WRITE(renameat), WRITE(unlink),
	WRITE(mkdir), WRITE(rmdir), WRITE(chmod),
	FATAL(fork), FATAL(vfork), FATAL(mknod), FATAL(chown), FATAL(lchown),
	FATAL(uselib), FATAL(modify_ldt), FATAL(iopl), FATAL(ioperm),
#else
	WRITE(renameat),
#endif
};
/* clang-format on */

const size_t box_call_count = sizeof box_calls / sizeof *box_calls;
