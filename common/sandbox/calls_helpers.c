/*
 * calls_helpers.c - the tables of system calls of the restorer and the logger:
 * what is not here ends them or gets ENOSYS, as in calls.c.
 */
#include "sandbox/calls.h"

#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "sandbox/restored.h"
#include "sandbox/rows.h"
#include "sandbox/seccomp.h"

/* clang-format off */
/*
 * To write what children have given it to write (their memory), and to hear
 * and answer their calls.
 */
const struct call sandbox_restorer_calls[] = {
	YES(recvmsg), YES(sendto), YES(write), YES(close), YES(read),
	YES(pread64), YES(pwrite64),
	SUCH(ioctl, ARG(1, EQ, SECCOMP_IOCTL_NOTIF_RECV)),
	SUCH(ioctl, ARG(1, EQ, SECCOMP_IOCTL_NOTIF_SEND)),
	SUCH(ioctl, ARG(1, EQ, RESTORED_FLAGS), ARG(2, EQ, RESTORED_SYNC)),
	SUCH(ioctl, ARG(1, EQ, RESTORED_SCAN)),
	YES(epoll_ctl), YES(epoll_pwait), YES(clock_gettime),
	YES(gettimeofday), YES(getpid),
	YES(brk), YES(munmap), YES(mremap), YES(madvise), YES(futex),
	YES(getrandom),
	SUCH(mmap, BITS(2, PROT_EXEC, 0)), SUCH(mprotect, BITS(2, PROT_EXEC, 0)),
	YES(rt_sigreturn), YES(rt_sigprocmask), YES(restart_syscall),
	YES(exit), YES(exit_group),
	FATAL(execve), FATAL(execveat), FATAL(clone), FATAL(clone3),
	FATAL(ptrace), FATAL(kill), FATAL(tkill), FATAL(socket),
	FATAL(connect), FATAL(bind), FATAL(accept4), FATAL(seccomp),
	FATAL(process_vm_readv), FATAL(process_vm_writev), FATAL(bpf),
	FATAL(io_uring_setup), FATAL(userfaultfd), FATAL(unshare),
	FATAL(openat), FATAL(openat2),
#ifdef SYS_open
	YES(epoll_wait), FATAL(open), FATAL(fork), FATAL(vfork),
#endif
};

/* To read messages, write what is open, and wait; channels come as messages. */
const struct call sandbox_logger_calls[] = {
	YES(recvmsg), YES(write), SUCH(sendto, ARG(4, EQ, 0)), YES(close),
	YES(epoll_create1), YES(epoll_ctl), YES(epoll_pwait), YES(ppoll),
	YES(dup3), YES(fstat), YES(newfstatat),
	YES(clock_gettime), YES(gettimeofday), YES(getpid),
	YES(brk), YES(munmap), YES(mremap), YES(madvise), YES(futex),
	YES(getrandom),
	SUCH(mmap, BITS(2, PROT_EXEC, 0)), SUCH(mprotect, BITS(2, PROT_EXEC, 0)),
	YES(rt_sigreturn), YES(rt_sigprocmask), YES(restart_syscall),
	YES(exit), YES(exit_group),
	/* It opens nothing: a pipe that is the new access log stays as it is. */
	NO(openat),
	FATAL(execve), FATAL(execveat), FATAL(clone), FATAL(clone3),
	FATAL(ptrace), FATAL(kill), FATAL(tkill), FATAL(socket),
	FATAL(connect), FATAL(bind), FATAL(accept4), FATAL(seccomp),
	FATAL(process_vm_readv), FATAL(process_vm_writev), FATAL(bpf),
	FATAL(io_uring_setup), FATAL(userfaultfd), FATAL(unshare),
#ifdef SYS_open
	YES(epoll_wait), YES(poll), NO(open), FATAL(fork), FATAL(vfork),
#endif
#ifdef SANITIZED /* what its runtime does to tell of a fault */
	YES(read), YES(openat2), YES(readlinkat), YES(getrlimit), YES(gettid),
	YES(sigaltstack), YES(rt_sigaction), YES(getuid), YES(geteuid),
#endif
};
/* clang-format on */

const size_t sandbox_restorer_count =
    sizeof sandbox_restorer_calls / sizeof *sandbox_restorer_calls;
const size_t sandbox_logger_count =
    sizeof sandbox_logger_calls / sizeof *sandbox_logger_calls;
