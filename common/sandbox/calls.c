/*
 * calls.c - the table of system calls of a child, by subject; those of helpers
 * are in calls_helpers.c and calls_outward.c.
 *
 * What is not here gets ENOSYS.  Fatal is what no service of ours, and no
 * library that one uses, has a reason to issue: whoever does is not us any
 * more.
 */
#include "sandbox/calls.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "sandbox/restored.h"
#include "sandbox/rows.h"
#include "sandbox/seccomp.h"
#include "system/addr.h"
#include "system/image.h"

/* clang-format off */

/* The kernel takes 32 bits of a descriptor and ignores the others.  ARG, which
 * compares all 64, is for rows that allow, and would let those through here. */
#define INT(n, value)         BITS(n, 0xffffffff, value)

/* Where a datagram's answer goes: see sandbox_deafen(). */
#define ANSWER_AT (SANDBOX_ANSWER_PAGE + offsetof(struct addr, sa))

/* Rows, besides those of rows.h. */
#define WRITE(call)                                                  \
	{ SYS_##call, CALL_YES, .needs = SANDBOX_NEEDS_WRITE },          \
	{ SYS_##call, CALL_NO, .not_with = SANDBOX_NEEDS_WRITE }
/* Opening a file, whose flags are the argument at: to write only for a service
 * that writes; and at a birth, its own memory. */
#define OPENING(call, at)                                                    \
	{ SYS_##call, CALL_YES, .needs = SANDBOX_NEEDS_WRITE },              \
	{ SYS_##call, CALL_YES, .needs = SANDBOX_NEEDS_BIRTH,                \
		.not_with = SANDBOX_NEEDS_WRITE },                           \
	{ SYS_##call, CALL_YES, .not_with = OPENS_ALL,                       \
		IF(BITS(at, CHANGING, 0)) },                                 \
	REFUSED(call, at, O_WRONLY), REFUSED(call, at, O_RDWR),              \
	REFUSED(call, at, O_CREAT), REFUSED(call, at, O_TRUNC)
#define REFUSED(call, at, flag)                                              \
	{ SYS_##call, CALL_NO, .not_with = OPENS_ALL,                        \
		IF(BITS(at, flag, flag)) }
#define OPENS_ALL (SANDBOX_NEEDS_WRITE | SANDBOX_NEEDS_BIRTH)
/* Who is put back opens that before it gives up its user. */
#define FATAL_BUT_AT_BIRTH(call)                                             \
	{ SYS_##call, CALL_FATAL, .not_with = SANDBOX_NEEDS_BIRTH },         \
	{ SYS_##call, CALL_YES, .needs = SANDBOX_NEEDS_BIRTH }
#define SET_AT_BIRTH(what)                                                   \
	{ SYS_prctl, CALL_YES, .needs = SANDBOX_NEEDS_BIRTH,                 \
		IF(ARG(0, EQ, (what))) }
#define CHANGING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)
#define LOCK(how)                                                            \
	{ SYS_fcntl, CALL_YES, .needs = SANDBOX_NEEDS_LOCK, IF(ARG(1, EQ, (how))) }
#define LESS_WRITE(call) { SYS_##call, CALL_NO, .not_with = SANDBOX_NEEDS_WRITE }
#define LESS_WATCH(call) { SYS_##call, CALL_UNKNOWN, .not_with = SANDBOX_NEEDS_WATCH }
#define WATCH(call)  { SYS_##call, CALL_YES, .needs = SANDBOX_NEEDS_WATCH }

const struct call sandbox_calls[] = {
	/* The connection. */
	YES(read), YES(readv), YES(write), YES(writev), YES(recvfrom),
	YES(recvmsg), YES(sendmsg), YES(shutdown), YES(close), YES(close_range),
	YES(getsockopt), YES(getsockname), YES(getpeername), YES(ppoll),
	YES(sendfile),
	/* To an address: only to the one that stands in the place for it. */
	SUCH(sendto, ARG(4, EQ, 0)),
	{ SYS_sendto, CALL_YES, .needs = SANDBOX_NEEDS_DATAGRAM, IF(ARG(4, EQ, ANSWER_AT)) },
	{ SYS_sendto, CALL_NO, .not_with = SANDBOX_NEEDS_DATAGRAM, IF(ARG(4, NE, 0)) },
	{ SYS_sendto, CALL_NO, .needs = SANDBOX_NEEDS_DATAGRAM, IF(ARG(4, GT, ANSWER_AT)) },

	/* Its options: time-outs and corks. */
	OPTION(SOL_SOCKET, SO_RCVTIMEO), OPTION(SOL_SOCKET, SO_SNDTIMEO),
	OPTION(IPPROTO_TCP, TCP_NODELAY), OPTION(IPPROTO_TCP, TCP_CORK),

	/* Files: which ones is Landlock's business, once it is entered. */
	YES(landlock_restrict_self),
	YES(openat2), YES(newfstatat), YES(fstat), YES(statx),
	YES(statfs), YES(fstatfs), YES(lseek), YES(pread64), YES(getdents64),
	YES(faccessat), YES(faccessat2), YES(readlinkat), YES(getcwd),
	YES(fadvise64), YES(fgetxattr), YES(dup), YES(dup3),
	SUCH(ioctl, ARG(1, EQ, FIONBIO)), SUCH(ioctl, ARG(1, EQ, TCGETS)),
	SUCH(fcntl, ARG(1, EQ, F_DUPFD)), SUCH(fcntl, ARG(1, EQ, F_DUPFD_CLOEXEC)),
	SUCH(fcntl, ARG(1, EQ, F_GETFD)), SUCH(fcntl, ARG(1, EQ, F_SETFD)),
	SUCH(fcntl, ARG(1, EQ, F_GETFL)),
	/* The flags of a log are those of all who write to it: without O_APPEND
	 * one could rewind it, with O_DIRECT nobody could write. */
	{ SYS_fcntl, CALL_NO, IF(ARG(1, EQ, F_SETFL)) },

	/* Changing them: only the log is added to without these.  Landlock
	 * knows no modes and times, so nobody changes those. */
	WRITE(fsync), WRITE(linkat), WRITE(renameat2), WRITE(unlinkat),
	WRITE(mkdirat),
	OPENING(openat, 2),
	NO(fchmod), NO(fchmodat), NO(utimensat), NO(fsetxattr), NO(fremovexattr),
	NO(pwrite64),

	/* Waiting and watching. */
	WATCH(epoll_create1), WATCH(epoll_ctl), WATCH(epoll_pwait),
	YES(nanosleep), YES(clock_nanosleep), YES(restart_syscall),
	YES(setitimer), WATCH(inotify_init1), WATCH(inotify_add_watch),
	WATCH(inotify_rm_watch),
	/* Watching by a name needs a directory to be in; locking, as SQLite
	 * does, asks and never waits. */
	WATCH(fchdir), LOCK(F_GETLK), LOCK(F_SETLK),

	/* Time, identity, chance. */
	YES(clock_gettime), YES(clock_getres), YES(gettimeofday),
	YES(getrandom), YES(getpid), YES(getppid), YES(gettid), YES(getuid),
	YES(geteuid), YES(sysinfo), YES(uname),
	SUCH(prlimit64, ARG(0, EQ, 0)), /* of oneself */
	{ SYS_prlimit64, CALL_FATAL, IF(ARG(0, NE, 0)) },
	/* Give way: oneself alone. */
	SUCH(setpriority, ARG(0, EQ, PRIO_PROCESS), ARG(1, EQ, 0)),
	SUCH(prctl, ARG(0, EQ, PR_SET_NAME)), SUCH(prctl, ARG(0, EQ, PR_SET_VMA)),
	SUCH(prctl, ARG(0, EQ, PR_SET_PDEATHSIG), ARG(1, EQ, SIGKILL)),
	{ SYS_prctl, CALL_NO, IF(ARG(0, EQ, PR_SET_PDEATHSIG), ARG(1, NE, SIGKILL)) },
	{ SYS_prctl, CALL_NO, .not_with = SANDBOX_NEEDS_BIRTH, IF(ARG(0, EQ, PR_SET_DUMPABLE)) },
	SET_AT_BIRTH(PR_SET_DUMPABLE), SET_AT_BIRTH(PR_SET_NO_NEW_PRIVS),
	SET_AT_BIRTH(PR_SET_SECUREBITS),

	/* Memory, signals, the end. */
	YES(brk), YES(munmap), YES(mremap), YES(madvise),
	SUCH(mmap, BITS(2, PROT_EXEC, 0)), SUCH(mprotect, BITS(2, PROT_EXEC, 0)),
	{ SYS_mmap, CALL_FATAL, IF(BITS(2, PROT_EXEC, PROT_EXEC)) },
	{ SYS_mprotect, CALL_FATAL, IF(BITS(2, PROT_EXEC, PROT_EXEC)) },
	YES(rt_sigaction), YES(rt_sigprocmask), YES(rt_sigreturn),
	YES(sigaltstack), YES(futex), YES(set_robust_list), YES(rseq),
	YES(exit), YES(exit_group),
	/* abort(), where the kernel keeps signals inside. */
	{ SYS_tgkill, CALL_YES, .needs = SANDBOX_NEEDS_ABORT, IF(ARG(2, EQ, SIGABRT)) },
	{ SYS_tgkill, CALL_FATAL, .needs = SANDBOX_NEEDS_ABORT, IF(ARG(2, NE, SIGABRT)) },
	{ SYS_tgkill, CALL_NO, .not_with = SANDBOX_NEEDS_ABORT },

	/* Another program, another process. */
	FATAL(execve), FATAL(execveat), FATAL(clone3),
	{ SYS_clone, CALL_FATAL, .not_with = SANDBOX_NEEDS_FORK },
	{ SYS_clone, CALL_YES, .needs = SANDBOX_NEEDS_FORK, IF(ARG(0, EQ, SANDBOX_FORK_FLAGS)) },
	{ SYS_clone, CALL_FATAL, .needs = SANDBOX_NEEDS_FORK, IF(ARG(0, NE, SANDBOX_FORK_FLAGS)) },
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
	FATAL_BUT_AT_BIRTH(setresuid), FATAL_BUT_AT_BIRTH(setresgid),
	FATAL_BUT_AT_BIRTH(setgroups), FATAL_BUT_AT_BIRTH(capset),
	FATAL(setfsuid), FATAL(setfsgid), FATAL(chroot), FATAL(pivot_root),
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
	FATAL(lookup_dcookie),

	/* A stricter filter on top, see sandbox_deaf_calls and sandbox_less_calls. */
	{ SYS_seccomp, CALL_FATAL, .not_with = SANDBOX_NEEDS_FILTER },
	{ SYS_seccomp, CALL_YES, .needs = SANDBOX_NEEDS_FILTER,
		IF(ARG(0, EQ, SECCOMP_SET_MODE_FILTER), ARG(1, EQ, 0)) },
	{ SYS_seccomp, CALL_FATAL, .needs = SANDBOX_NEEDS_FILTER,
		IF(ARG(0, NE, SECCOMP_SET_MODE_FILTER)) },
	{ SYS_seccomp, CALL_FATAL, .needs = SANDBOX_NEEDS_FILTER, .not_with = SANDBOX_NEEDS_BIRTH,
		IF(ARG(0, EQ, SECCOMP_SET_MODE_FILTER), ARG(1, NE, 0)) },
	{ SYS_seccomp, CALL_YES, .needs = SANDBOX_NEEDS_BIRTH,
		IF(ARG(0, EQ, SECCOMP_SET_MODE_FILTER), ARG(1, NE, 0)) },

#ifdef SYS_open /* the calls that only older architectures have */
	OPENING(open, 1), YES(stat), YES(lstat), YES(access), YES(readlink),
	YES(poll), WATCH(epoll_wait), YES(dup2), YES(alarm), YES(time),
	YES(getrlimit),
	WATCH(inotify_init),
	WRITE(link), WRITE(rename), WRITE(renameat), WRITE(unlink),
	WRITE(mkdir), NO(rmdir), NO(chmod), NO(utime), NO(utimes), NO(futimesat),
	FATAL(fork), FATAL(vfork), FATAL(mknod), FATAL(chown), FATAL(lchown),
	FATAL(uselib), FATAL(modify_ldt), FATAL(iopl), FATAL(ioperm),
#else
	WRITE(renameat),
#endif
#ifdef SANITIZED /* what its runtime does */
	YES(sched_yield), YES(sched_getaffinity), YES(getrusage), YES(getgid),
	YES(getegid), YES(eventfd2), YES(membarrier),
#endif
};

/*
 * The socket, which others' datagrams go to as well, is IMAGE_DATAGRAM_FD.
 * Every call that receives, or gives it another number, or changes it for
 * all; and those that could change the address of the client, which the
 * kernel reads where it stands: nothing else lies as low in memory.
 */
const struct call sandbox_deaf_calls[] = {
	NO(recvfrom), NO(recvmsg), NO(recvmmsg), NO(splice), NO(sendfile),
	NO(dup), NO(dup3),
	{ SYS_read, CALL_NO, IF(INT(0, IMAGE_DATAGRAM_FD)) },
	{ SYS_readv, CALL_NO, IF(INT(0, IMAGE_DATAGRAM_FD)) },
	{ SYS_fcntl, CALL_NO, IF(INT(1, F_DUPFD)) },
	{ SYS_fcntl, CALL_NO, IF(INT(1, F_DUPFD_CLOEXEC)) },
	{ SYS_fcntl, CALL_NO, IF(INT(0, IMAGE_DATAGRAM_FD), INT(1, F_SETFL)) },
	{ SYS_shutdown, CALL_NO, IF(INT(0, IMAGE_DATAGRAM_FD)) },
	{ SYS_setsockopt, CALL_NO, IF(INT(0, IMAGE_DATAGRAM_FD)) },
	{ SYS_ioctl, CALL_NO, IF(INT(0, IMAGE_DATAGRAM_FD)) },
	NO(sendmsg),
	{ SYS_mprotect, CALL_NO, IF(ARG(0, LE, SANDBOX_ANSWER_PAGE)) },
	{ SYS_munmap, CALL_NO, IF(ARG(0, LE, SANDBOX_ANSWER_PAGE)) },
	{ SYS_madvise, CALL_NO, IF(ARG(0, LE, SANDBOX_ANSWER_PAGE)) },
	{ SYS_mremap, CALL_NO, IF(ARG(0, LE, SANDBOX_ANSWER_PAGE)) },
	{ SYS_mremap, CALL_NO, IF(BITS(3, MREMAP_FIXED, MREMAP_FIXED)) },
#ifndef SANITIZED /* which maps its own memory so */
	{ SYS_mmap, CALL_NO, IF(BITS(3, MAP_FIXED, MAP_FIXED)) },
#endif
#ifdef SYS_dup2
	NO(dup2),
#endif
};

/*
 * The rows of sandbox_calls that are there for a need, turned round.  Nothing
 * is loaded on top of this.
 */
const struct call sandbox_less_calls[] = {
	FATAL(seccomp),
	LESS_WRITE(fsync), LESS_WRITE(linkat), LESS_WRITE(renameat),
	LESS_WRITE(renameat2), LESS_WRITE(unlinkat), LESS_WRITE(mkdirat),
	REFUSED(openat, 2, O_WRONLY), REFUSED(openat, 2, O_RDWR),
	REFUSED(openat, 2, O_CREAT), REFUSED(openat, 2, O_TRUNC),
	LESS_WATCH(inotify_init1), LESS_WATCH(inotify_add_watch),
	LESS_WATCH(inotify_rm_watch), LESS_WATCH(fchdir),
	LESS_WATCH(epoll_create1), LESS_WATCH(epoll_ctl),
	LESS_WATCH(epoll_pwait),
	{ SYS_fcntl, CALL_UNKNOWN, .not_with = SANDBOX_NEEDS_LOCK,
		IF(INT(1, F_GETLK)) },
	{ SYS_fcntl, CALL_UNKNOWN, .not_with = SANDBOX_NEEDS_LOCK,
		IF(INT(1, F_SETLK)) },
#ifdef SYS_open
	LESS_WRITE(link), LESS_WRITE(rename), LESS_WRITE(unlink),
	LESS_WRITE(mkdir), LESS_WATCH(inotify_init), LESS_WATCH(epoll_wait),
	REFUSED(open, 1, O_WRONLY), REFUSED(open, 1, O_RDWR),
	REFUSED(open, 1, O_CREAT), REFUSED(open, 1, O_TRUNC),
#endif
};

/*
 * Memory keeps its layout, so that its contents are all there is to put back;
 * a break that is refused must be so with 0, for the C library takes any other
 * answer for a new break.  Signals keep their handlers, and the sandbox stays
 * as wide as it is: who is next must not find it narrower.
 */
const struct call sandbox_restored_calls[] = {
	NO(mmap), NO(munmap), NO(mremap), NO(mprotect),
	{ SYS_brk, CALL_NOTHING, IF(ARG(0, NE, 0)) },
	NO(rt_sigaction), NO(prctl), NO(set_robust_list), NO(rseq),
	{ SYS_prlimit64, CALL_NO, IF(ARG(2, NE, 0)) },
	{ SYS_setitimer, CALL_NO, IF(ARG(0, NE, ITIMER_REAL)) },
	NO(landlock_restrict_self), FATAL(seccomp),
	NO(fchdir), NO(setpriority),
	/* What its zygote had beyond it. */
	FATAL(clone), FATAL(setresuid), FATAL(setresgid), FATAL(setgroups),
	FATAL(capset),
	REFUSED(openat, 2, O_WRONLY), REFUSED(openat, 2, O_RDWR),
	REFUSED(openat, 2, O_CREAT), REFUSED(openat, 2, O_TRUNC),
#ifdef SYS_open
	REFUSED(open, 1, O_WRONLY), REFUSED(open, 1, O_RDWR),
	REFUSED(open, 1, O_CREAT), REFUSED(open, 1, O_TRUNC),
#endif
};
/* clang-format on */

const size_t sandbox_less_count =
    sizeof sandbox_less_calls / sizeof *sandbox_less_calls;
const size_t sandbox_restored_count =
    sizeof sandbox_restored_calls / sizeof *sandbox_restored_calls;
const size_t sandbox_call_count = sizeof sandbox_calls / sizeof *sandbox_calls;
const size_t sandbox_deaf_count =
    sizeof sandbox_deaf_calls / sizeof *sandbox_deaf_calls;
