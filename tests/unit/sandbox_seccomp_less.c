/*
 * sandbox_seccomp_less.c - runs, on paper, the seccomp programs of those who
 * may do less: a child that has its datagram, one of several services, the
 * logger, the restorer.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "sandbox/calls.h"
#include "sandbox/restored.h"
#include "system/image.h"
#include "unit/seccomp_paper.h"

Test(seccomp_filter, who_has_its_datagram_receives_no_more)
{
	static const struct question deaf[] = {
		{ SYS_recvfrom, 3, 0, 0, NO },
		{ SYS_recvmsg, IMAGE_DATAGRAM_FD, 0, 0, NO },
		{ SYS_recvmmsg, IMAGE_DATAGRAM_FD, 0, 0, NO },
		{ SYS_read, IMAGE_DATAGRAM_FD, 0, 0, NO },
		{ SYS_readv, IMAGE_DATAGRAM_FD, 0, 0, NO },
		{ SYS_read, HIGH | IMAGE_DATAGRAM_FD, 0, 0, NO },
		{ SYS_readv, HIGH | IMAGE_DATAGRAM_FD, 0, 0, NO },
		{ SYS_recvfrom, HIGH | IMAGE_DATAGRAM_FD, 0, 0, NO },
		{ SYS_fcntl, IMAGE_DATAGRAM_FD, HIGH | F_DUPFD, 0, NO },
		{ SYS_splice, IMAGE_DATAGRAM_FD, 0, 0, NO },
		{ SYS_sendfile, 1, IMAGE_DATAGRAM_FD, 0, NO },
		{ SYS_dup, IMAGE_DATAGRAM_FD, 0, 0, NO },
		{ SYS_dup3, IMAGE_DATAGRAM_FD, 9, 0, NO },
		{ SYS_fcntl, IMAGE_DATAGRAM_FD, F_DUPFD, 0, NO },
		{ SYS_fcntl, IMAGE_DATAGRAM_FD, F_DUPFD_CLOEXEC, 0, NO },
		{ SYS_fcntl, IMAGE_DATAGRAM_FD, F_GETFL, 0, YES },
		{ SYS_read, 3, 0, 0, YES },
		{ SYS_sendto, IMAGE_DATAGRAM_FD, 0, 0, YES },
		{ SYS_write, 2, 0, 0, YES },
		{ SYS_sendmsg, 3, 0, 0, NO },
		{ SYS_shutdown, IMAGE_DATAGRAM_FD, 2, 0, NO },
		{ SYS_shutdown, 3, 2, 0, YES },
		{ SYS_setsockopt, HIGH | IMAGE_DATAGRAM_FD, 1, 7, NO },
		{ SYS_ioctl, IMAGE_DATAGRAM_FD, FIONBIO, 0, NO },
		{ SYS_fcntl, IMAGE_DATAGRAM_FD, F_SETFL, O_APPEND, NO },
		{ SYS_fcntl, 2, F_SETFL, O_APPEND, YES },
		{ SYS_mprotect, SANDBOX_ANSWER_PAGE, 4096, 3, NO },
		{ SYS_mprotect, 4096, 1 << 30, 3, NO },
		{ SYS_mprotect, HIGH, 4096, 3, YES },
		{ SYS_munmap, SANDBOX_ANSWER_PAGE, 4096, 0, NO },
		{ SYS_munmap, SANDBOX_ANSWER_PAGE + 4096, 4096, 0, YES },
		{ SYS_madvise, SANDBOX_ANSWER_PAGE, 4096, MADV_DONTNEED, NO },
		{ SYS_mremap, SANDBOX_ANSWER_PAGE, 4096, 8192, NO },
		{ SYS_mremap, HIGH, 4096, 8192, YES },
	};
	struct seccomp_filter f;

	cr_assert_eq(seccomp_filter_make_deaf(&f), 0);
	expect(&f, deaf, sizeof deaf / sizeof *deaf);
}

Test(seccomp_filter, a_stricter_filter_may_be_added_where_it_is_needed)
{
	struct seccomp_filter f;

	seccomp_filter_make(&f, SANDBOX_NEEDS_FILTER);
	cr_expect_eq(ask(&f, SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, 0), YES);
	cr_expect_eq(ask(&f, SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			 SECCOMP_FILTER_FLAG_NEW_LISTENER, 0),
	    FATAL);
	cr_expect_eq(
	    ask(&f, SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, 0), FATAL);
	seccomp_filter_make(&f, 0);
	cr_expect_eq(
	    ask(&f, SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, 0), FATAL);
}

/* What the kernel makes of two filters: the severer answer, of two alike the
 * newer one's. */
static unsigned
both(const struct seccomp_filter *older, const struct seccomp_filter *newer,
    const struct seccomp_data *d)
{
	unsigned old = run(older, d), new = run(newer, d);

	if (old == FATAL || new == FATAL)
		return FATAL;
	return (new &SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ALLOW ? old : new;
}

/*
 * One of several services has with both filters what it would have alone; but
 * for loading filters, which none of ours does then.
 */
static void
compare(unsigned all, unsigned own)
{
	static const uint64_t values[] = { 0, 1, F_GETLK, F_SETLK, F_SETFL,
		O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_CLOEXEC, O_CREAT | O_RDWR,
		HIGH | F_SETLK };
	struct seccomp_filter base, less, alone;

	seccomp_filter_make(&base, all | SANDBOX_NEEDS_FILTER);
	seccomp_filter_make(&alone, own);
	cr_assert_eq(seccomp_filter_make_less(&less, own), 0);
	for (int nr = 0; nr < 512; nr++) {
		for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
			struct seccomp_data d = { .nr = nr,
				.arch = ARCH,
				.args = { values[i], values[i], values[i] } };

			cr_assert_eq(nr == SYS_seccomp ||
				both(&base, &less, &d) == run(&alone, &d),
			    true, "call %d, %llx, needs %u of %u", nr,
			    (unsigned long long)values[i], own, all);
		}
	}
}

Test(seccomp_filter, a_service_has_no_more_than_its_own)
{
	const unsigned every =
	    SANDBOX_NEEDS_WRITE | SANDBOX_NEEDS_WATCH | SANDBOX_NEEDS_LOCK;

	for (unsigned own = 0; own <= every; own++)
		if ((own & ~every) == 0)
			compare(every, own);
}

/* What a zygote of restored children may do, for their births, is taken back
 * by what each of them loads, whoever has forked it. */
static void
compare_births(unsigned needs)
{
	static const uint64_t values[] = { 0, 1, 2, PR_SET_DUMPABLE,
		PR_SET_NO_NEW_PRIVS, PR_SET_SECUREBITS, PR_SET_PDEATHSIG,
		PR_SET_NAME, O_RDWR, O_CREAT, O_CREAT | O_RDWR, O_TRUNC,
		O_CLOEXEC, SANDBOX_FORK_FLAGS, 8 | 32, HIGH | O_RDWR };
	const size_t n = sizeof(values) / sizeof(*values);
	struct seccomp_filter child, zygote, last;

	seccomp_filter_make(&child, needs);
	seccomp_filter_make(
	    &zygote, needs | SANDBOX_NEEDS_FORK | SANDBOX_NEEDS_BIRTH);
	cr_assert_eq(seccomp_filter_make_restored(&last, needs), 0);
	for (size_t i = 0; i < 512 * n * n; i++) {
		uint64_t a = values[i % n], b = values[i / n % n];
		struct seccomp_data d = { .nr = (int)(i / n / n),
			.arch = ARCH,
			.args = { a, b, b } };

		cr_assert_eq(both(&zygote, &last, &d), both(&child, &last, &d),
		    "call %d (%llx, %llx), needs %u", d.nr,
		    (unsigned long long)a, (unsigned long long)b, needs);
	}
}

Test(seccomp_filter, a_restored_child_has_no_more_from_a_zygote)
{
	const unsigned some = SANDBOX_NEEDS_FILTER;

	compare_births(some);
	compare_births(some | SANDBOX_NEEDS_WRITE);
	compare_births(some | SANDBOX_NEEDS_WRITE | SANDBOX_NEEDS_WATCH |
	    SANDBOX_NEEDS_LOCK | SANDBOX_NEEDS_ABORT);
}

/* ... and before that no more than a birth needs. */
Test(seccomp_filter, a_zygote_of_restored_children_is_held)
{
	static const struct question zygote[] = {
		{ SYS_prctl, PR_SET_DUMPABLE, 0, 0, YES },
		{ SYS_openat, 0, 0, O_RDWR, YES },
		{ SYS_setresuid, 1, 1, 1, YES },
		{ SYS_clone, SIGCHLD, 0, 0, FATAL },
		{ SYS_setuid, 0, 0, 0, FATAL },
		{ SYS_execve, 0, 0, 0, FATAL },
		{ SYS_socket, 1, 1, 0, FATAL },
		{ SYS_ptrace, 0, 0, 0, FATAL },
		{ SYS_kill, 1, 9, 0, FATAL },
		{ SYS_unlinkat, 0, 0, 0, NO },
		{ SYS_mount, 0, 0, 0, FATAL },
		{ SYS_mmap, 0, 0, PROT_READ | PROT_EXEC, FATAL },
	};
	struct seccomp_filter f;

	cr_assert_eq(seccomp_filter_make(&f,
			 SANDBOX_NEEDS_FILTER | SANDBOX_NEEDS_FORK |
			     SANDBOX_NEEDS_BIRTH),
	    0);
	expect(&f, zygote, sizeof zygote / sizeof *zygote);
}

Test(seccomp_filter, the_logger_reads_and_writes)
{
	static const struct question logger[] = {
		{ SYS_recvmsg, 5, 0, 0, YES },
		{ SYS_write, 2, 0, 0, YES },
		{ SYS_mmap, 0, 0, PROT_READ | PROT_EXEC, UNKNOWN },
		{ SYS_openat, 0, 0, O_RDONLY, NO },
		{ SYS_lseek, 2, 0, 0, UNKNOWN },
		{ SYS_ftruncate, 2, 0, 0, UNKNOWN },
		{ SYS_unlinkat, 2, 0, 0, UNKNOWN },
		{ SYS_socket, 1, 1, 0, FATAL },
		{ SYS_clone, SANDBOX_FORK_FLAGS, 0, 0, FATAL },
		{ SYS_kill, 1, 9, 0, FATAL },
		{ SYS_execve, 0, 0, 0, FATAL },
		{ SYS_seccomp, 1, 0, 0, FATAL },
	};
	struct seccomp_filter f;

	cr_assert_eq(seccomp_filter_make_logger(&f), 0);
	expect(&f, logger, sizeof logger / sizeof *logger);
}

/* It writes what children have given it to write, and answers them. */
Test(seccomp_filter, the_restorer_answers)
{
	static const struct question restorer[] = {
		{ SYS_pwrite64, 5, 0, 0, YES },
		{ SYS_ioctl, 5, SECCOMP_IOCTL_NOTIF_RECV, 0, YES },
		{ SYS_ioctl, 5, SECCOMP_IOCTL_NOTIF_SEND, 0, YES },
		{ SYS_ioctl, 5, RESTORED_FLAGS, RESTORED_SYNC, YES },
		{ SYS_ioctl, 5, RESTORED_FLAGS, 0, UNKNOWN },
		{ SYS_ioctl, 5, SECCOMP_IOCTL_NOTIF_ADDFD, 0, UNKNOWN },
		{ SYS_ioctl, 5, FIONBIO, 0, UNKNOWN },
		{ SYS_openat, 0, 0, O_RDONLY, FATAL },
		{ SYS_openat2, 0, 0, 0, FATAL },
		{ SYS_sendmsg, 5, 0, 0, UNKNOWN },
		{ SYS_mmap, 0, 0, PROT_READ | PROT_EXEC, UNKNOWN },
		{ SYS_mprotect, 0, 0, PROT_EXEC, UNKNOWN },
		{ SYS_socket, 1, 1, 0, FATAL },
		{ SYS_connect, 5, 0, 0, FATAL },
		{ SYS_clone, SANDBOX_FORK_FLAGS, 0, 0, FATAL },
		{ SYS_ptrace, 0, 0, 0, FATAL },
		{ SYS_process_vm_writev, 1, 0, 0, FATAL },
		{ SYS_kill, 1, 9, 0, FATAL },
		{ SYS_execve, 0, 0, 0, FATAL },
		{ SYS_chmod, 0, 0, 0, UNKNOWN },
		{ SYS_seccomp, 1, 0, 0, FATAL },
	};
	struct seccomp_filter f;

	cr_assert_eq(seccomp_filter_make_restorer(&f), 0);
	expect(&f, restorer, sizeof restorer / sizeof *restorer);
}
