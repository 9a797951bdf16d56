/*
 * calls_outward.c - what is taken from a helper that looks names up, or runs a
 * program that does (outward.h): the one table whose other calls are allowed.
 */
#include "sandbox/calls.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include "sandbox/rows.h"
#include "sandbox/seccomp.h"

/* clang-format off */
/* Unless it runs a program. */
#define STAYS(call, answer) \
	{ SYS_##call, (answer), .not_with = SANDBOX_NEEDS_FORK }
#define KIND(family) \
	{ SYS_socket, CALL_NO, .args = 1, .arg = { { 0, SCMP_CMP_EQ, (family), 0 } } }

const struct call sandbox_outward_calls[] = {
	/* What Landlock knows nothing of. */
	NO(fchmod), NO(fchmodat), NO(fchown), NO(fchownat), NO(utimensat),
	NO(setxattr), NO(lsetxattr), NO(fsetxattr), NO(removexattr),
	NO(lremovexattr), NO(fremovexattr), NO(flock), NO(mknodat),
	NO(inotify_init1),

	/* It waits for nobody, and talks to what names need: not to vsock, raw
	 * frames, the kernel's cryptography. */
	NO(listen), NO(accept), NO(accept4),
	KIND(AF_VSOCK), KIND(AF_PACKET), KIND(AF_ALG), KIND(AF_KEY),
	KIND(AF_BLUETOOTH), KIND(AF_TIPC), KIND(AF_RDS), KIND(AF_XDP),

	/* Another process's memory; a view of the system of its own. */
	FATAL(ptrace), FATAL(process_vm_readv), FATAL(process_vm_writev),
	FATAL(process_madvise), FATAL(pidfd_getfd), FATAL(kcmp),
	FATAL(unshare), FATAL(setns), FATAL(mount), FATAL(umount2),
	FATAL(move_mount), FATAL(open_tree), FATAL(fsopen), FATAL(mount_setattr),
	FATAL(pivot_root), FATAL(chroot), FATAL(personality),
	FATAL(open_by_handle_at), FATAL(name_to_handle_at),

	/* The doors that kernel exploits like. */
	FATAL(bpf), FATAL(perf_event_open), FATAL(userfaultfd),
	FATAL(io_uring_setup), FATAL(io_uring_enter), FATAL(io_uring_register),
	FATAL(keyctl), FATAL(add_key), FATAL(request_key), FATAL(vmsplice),
	FATAL(fanotify_init), FATAL(init_module), FATAL(finit_module),
	FATAL(delete_module), FATAL(kexec_load), FATAL(reboot), FATAL(swapon),
	FATAL(swapoff), FATAL(acct), FATAL(quotactl), FATAL(syslog),
	FATAL(settimeofday), FATAL(clock_settime), FATAL(adjtimex),
	FATAL(move_pages), FATAL(migrate_pages), FATAL(lookup_dcookie),

	/* It may go on with what it watches; what it runs can watch nothing. */
	STAYS(inotify_add_watch, CALL_NO),

	/* Libraries for names may begin a thread and do without. */
	STAYS(execve, CALL_FATAL), STAYS(execveat, CALL_FATAL),
	STAYS(clone, CALL_NO), STAYS(clone3, CALL_UNKNOWN),
#ifdef SYS_open
	NO(chmod), NO(chown), NO(lchown), NO(utime), NO(utimes), NO(futimesat),
	NO(mknod), NO(inotify_init), FATAL(uselib), FATAL(modify_ldt),
	FATAL(iopl), FATAL(ioperm),
	STAYS(fork, CALL_NO), STAYS(vfork, CALL_NO),
#endif
};
/* clang-format on */

const size_t sandbox_outward_count =
    sizeof sandbox_outward_calls / sizeof *sandbox_outward_calls;
