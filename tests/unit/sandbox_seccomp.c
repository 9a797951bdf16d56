/*
 * seccomp.c - runs the seccomp programs of the sandbox on paper and compares
 * every call's answer with the table.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "sandbox/calls.h"
#include "sandbox/seccomp.h"
#include "system/addr.h"
#include "system/image.h"

#ifdef __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#else
#define ARCH AUDIT_ARCH_AARCH64
#endif

#define YES     SECCOMP_RET_ALLOW
#define UNKNOWN (SECCOMP_RET_ERRNO | ENOSYS)
#define NO      (SECCOMP_RET_ERRNO | EPERM)
#define FATAL   SECCOMP_RET_KILL_PROCESS
#define ANY     1U           /* it depends on arguments */
#define HIGH    (1ULL << 32) /* the kernel takes no notice of it in an int */

static unsigned
jump(const struct sock_filter *i, unsigned a)
{
	switch (BPF_OP(i->code)) {
	case BPF_JEQ:
		return a == i->k ? i->jt : i->jf;
	case BPF_JGE:
		return a >= i->k ? i->jt : i->jf;
	case BPF_JGT:
		return a > i->k ? i->jt : i->jf;
	case BPF_JSET:
		return a & i->k ? i->jt : i->jf;
	default:
		return i->k; /* BPF_JA */
	}
}

/*
 * What the kernel would say.  The programs only go forward, so this ends; one
 * that runs off its end says 0, which no call gets.
 */
static unsigned
run(const struct seccomp_filter *f, const struct seccomp_data *d)
{
	unsigned a = 0;

	for (unsigned at = 0; at < f->length; at++) {
		const struct sock_filter *i = &f->code[at];

		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			memcpy(&a, (const char *)d + i->k, sizeof a);
			break;
		case BPF_ALU:
			cr_assert_eq(BPF_OP(i->code), BPF_AND);
			a &= i->k;
			break;
		case BPF_JMP:
			at += jump(i, a);
			break;
		case BPF_RET:
			return i->k;
		default:
			cr_assert(false, "instruction %u", i->code);
		}
	}
	return 0;
}

static unsigned
ask(const struct seccomp_filter *f, int nr, uint64_t a, uint64_t b, uint64_t c)
{
	struct seccomp_data d = { .nr = nr, .arch = ARCH, .args = { a, b, c } };

	return run(f, &d);
}

static bool
is_there(const struct call *c, unsigned needs)
{
	return (needs & c->needs) == c->needs && (needs & c->not_with) == 0;
}

static unsigned
listed(int nr, unsigned needs)
{
	static const unsigned answers[] = { UNKNOWN, YES, NO, FATAL };

	for (size_t i = 0; i < sandbox_call_count; i++) {
		const struct call *c = &sandbox_calls[i];

		if (c->number == nr && is_there(c, needs))
			return c->args > 0 ? ANY : answers[c->answer];
	}
	return UNKNOWN;
}

/*
 * How many calls have another answer than the table's.
 */
static int
differences(const struct seccomp_filter *f, unsigned needs)
{
	int n = 0;

	for (int nr = 0; nr < 2048; nr++) {
		unsigned want = listed(nr, needs);

		if (want == ANY || ask(f, nr, 0, 0, 0) == want)
			continue;
		fprintf(stderr, "call %d, needs %u\n", nr, needs);
		n++;
	}
	return n;
}

Test(seccomp_filter, every_call_has_the_answer_of_the_table)
{
	for (unsigned needs = 0; needs < 128; needs++) {
		struct seccomp_filter f;

		cr_assert_eq(seccomp_filter_make(&f, needs), 0);
		cr_assert(differences(&f, needs) == 0);
	}
}

/* A row for all arguments is the only one. */
Test(seccomp_filter, no_call_has_two_answers)
{
	for (unsigned needs = 0; needs < 128; needs++) {
		int plain[2048] = { 0 }, judged[2048] = { 0 };

		for (size_t i = 0; i < sandbox_call_count; i++) {
			const struct call *c = &sandbox_calls[i];

			if (is_there(c, needs))
				++*(c->args > 0 ? &judged[c->number] :
						  &plain[c->number]);
		}
		for (int nr = 0; nr < 2048; nr++)
			cr_assert(
			    plain[nr] + (judged[nr] > 0) <= 1, "call %d", nr);
	}
}

Test(seccomp_filter, other_kinds_of_calls_are_fatal)
{
	struct seccomp_data d = { .nr = SYS_read, .arch = AUDIT_ARCH_I386 };
	struct seccomp_filter f;

	seccomp_filter_make(&f, ~0U);
	cr_expect_eq(run(&f, &d), FATAL);
	cr_expect_eq(ask(&f, 0x40000000 | SYS_read, 0, 0, 0), FATAL);
	/* No call at all, which the kernel does not make either. */
	cr_expect_eq(ask(&f, -1, 0, 0, 0), UNKNOWN);
}

static const struct question {
	int nr;
	uint64_t a, b, c;
	unsigned answer;
} questions[] = {
	{ SYS_mmap, 0, 0, PROT_READ | PROT_WRITE, YES },
	{ SYS_mmap, 0, 0, PROT_READ | PROT_EXEC, FATAL },
	{ SYS_mprotect, 0, 0, PROT_NONE, YES },
	{ SYS_mprotect, 0, 0, PROT_EXEC, FATAL },
	{ SYS_fcntl, 1, F_GETFL, 0, YES },
	{ SYS_fcntl, 1, F_DUPFD_CLOEXEC, 0, YES },
	{ SYS_fcntl, 1, F_SETLK, 0, UNKNOWN },
	{ SYS_fcntl, 1, F_DUPFD, 0, YES },
	{ SYS_fcntl, 1, F_NOTIFY, 0, UNKNOWN },
	{ SYS_fcntl, 1, F_SETFL, 0, NO },
	{ SYS_fcntl, 1, F_SETFL, O_NONBLOCK, NO },
	{ SYS_fcntl, 1, F_SETFL, O_APPEND, NO },
	{ SYS_fcntl, 1, F_SETFL, O_APPEND | O_NONBLOCK, NO },
	{ SYS_fcntl, 1, F_SETOWN, 1, UNKNOWN },
	{ SYS_fcntl, 1, F_SETPIPE_SZ, 1, UNKNOWN },
	{ SYS_ioctl, 1, FIONBIO, 0, YES },
	{ SYS_ioctl, 1, FIONREAD, 0, UNKNOWN },
	{ SYS_ioctl, 1, TIOCSTI, 0, UNKNOWN },
	{ SYS_ioctl, 1, TIOCLINUX, 0, UNKNOWN },
	{ SYS_setsockopt, 1, SOL_SOCKET, SO_RCVTIMEO, YES },
	{ SYS_setsockopt, 1, SOL_SOCKET, SO_LINGER, UNKNOWN },
	{ SYS_openat, 1, 2, O_RDONLY | O_CLOEXEC | O_DIRECTORY, YES },
	{ SYS_openat, 1, 2, O_WRONLY, NO },
	{ SYS_openat, 1, 2, O_RDWR | O_CLOEXEC, NO },
	{ SYS_openat, 1, 2, O_RDONLY | O_CREAT, NO },
	{ SYS_openat, 1, 2, O_RDONLY | O_TRUNC, NO },
	{ SYS_setsockopt, 1, SOL_SOCKET, SO_DEBUG, UNKNOWN },
	{ SYS_setsockopt, 1, SOL_SOCKET, SO_ATTACH_BPF, UNKNOWN },
	{ SYS_setsockopt, 1, SOL_SOCKET, SO_ATTACH_FILTER, UNKNOWN },
	{ SYS_setsockopt, 1, SOL_SOCKET, 32 + SO_RCVTIMEO, UNKNOWN },
	{ SYS_setsockopt, 1, IPPROTO_TCP, TCP_CORK, YES },
	{ SYS_setsockopt, 1, IPPROTO_TCP, TCP_ULP, UNKNOWN },
	{ SYS_setsockopt, 1, IPPROTO_TCP, TCP_CONGESTION, UNKNOWN },
	{ SYS_setsockopt, 1, IPPROTO_IP, 1, UNKNOWN },
	{ SYS_tgkill, 1, 1, SIGABRT, YES },
	{ SYS_tgkill, 1, 1, SIGKILL, FATAL },
	{ SYS_prlimit64, 0, 0, 0, YES },
	{ SYS_prlimit64, 1, 0, 0, FATAL },
	{ SYS_setpriority, 0, 0, 10, YES },
	{ SYS_setpriority, 0, 1, 10, UNKNOWN },
	{ SYS_setpriority, 1 /* PRIO_PGRP */, 0, 10, UNKNOWN },
	{ SYS_prctl, 15 /* PR_SET_NAME */, 0, 0, YES },
	{ SYS_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, NO },
	{ SYS_prctl, 1 /* PR_SET_PDEATHSIG */, 0, 0, NO },
	{ SYS_prctl, 1 /* PR_SET_PDEATHSIG */, SIGTERM, 0, NO },
	{ SYS_prctl, 1 /* PR_SET_PDEATHSIG */, SIGKILL, 0, YES },
	{ SYS_clone, SANDBOX_FORK_FLAGS, 0, 0, FATAL },
};

Test(seccomp_filter, arguments_are_judged)
{
	struct seccomp_filter f;

	seccomp_filter_make(&f, SANDBOX_NEEDS_ABORT);
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		const struct question *q = &questions[i];

		cr_expect_eq(ask(&f, q->nr, q->a, q->b, q->c), q->answer,
		    "question %zu", i);
	}
}

Test(seccomp_filter, signals_need_a_kernel_that_keeps_them)
{
	struct seccomp_filter f;

	seccomp_filter_make(&f, 0);
	cr_expect_eq(ask(&f, SYS_tgkill, 1, 1, SIGABRT), NO);
}

Test(seccomp_filter, only_datagrams_go_to_an_address)
{
	struct seccomp_data d = { .nr = SYS_sendto, .arch = ARCH };
	struct seccomp_filter f;

	seccomp_filter_make(&f, 0);
	cr_expect_eq(run(&f, &d), YES);
	d.args[4] = 1;
	cr_expect_eq(run(&f, &d), NO);
	d.args[4] = 1ULL << 32;
	cr_expect_eq(run(&f, &d), NO);
	seccomp_filter_make(&f, SANDBOX_NEEDS_DATAGRAM);
	cr_expect_eq(run(&f, &d), NO);
	d.args[4] = SANDBOX_ANSWER_PAGE + offsetof(struct addr, sa);
	cr_expect_eq(run(&f, &d), YES);
	d.args[4]++;
	cr_expect_eq(run(&f, &d), NO);
	d.args[4] = 1;
	cr_expect_eq(run(&f, &d), UNKNOWN);
	d.args[4] = 0;
	cr_expect_eq(run(&f, &d), YES);
}

Test(seccomp_filter, a_zygote_makes_siblings_only)
{
	struct seccomp_filter f;

	seccomp_filter_make(&f, SANDBOX_NEEDS_FORK);
	cr_expect_eq(ask(&f, SYS_clone, SANDBOX_FORK_FLAGS, 0, 0), YES);
	cr_expect_eq(ask(&f, SYS_clone, SIGCHLD, 0, 0), FATAL);
	cr_expect_eq(
	    ask(&f, SYS_clone, SANDBOX_FORK_FLAGS | CLONE_NEWUSER, 0, 0),
	    FATAL);
	cr_expect_eq(ask(&f, SYS_clone3, SANDBOX_FORK_FLAGS, 0, 0), FATAL);
}

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
	for (size_t i = 0; i < sizeof deaf / sizeof *deaf; i++)
		cr_expect_eq(
		    ask(&f, deaf[i].nr, deaf[i].a, deaf[i].b, deaf[i].c),
		    deaf[i].answer, "question %zu", i);
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
	for (size_t i = 0; i < sizeof logger / sizeof *logger; i++)
		cr_expect_eq(ask(&f, logger[i].nr, logger[i].a, logger[i].b,
				 logger[i].c),
		    logger[i].answer, "question %zu", i);
}

/* It writes what children have given it to write, and answers them. */
Test(seccomp_filter, the_restorer_answers)
{
	static const struct question restorer[] = {
		{ SYS_pwrite64, 5, 0, 0, YES },
		{ SYS_ioctl, 5, SECCOMP_IOCTL_NOTIF_RECV, 0, YES },
		{ SYS_ioctl, 5, SECCOMP_IOCTL_NOTIF_SEND, 0, YES },
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
	for (size_t i = 0; i < sizeof restorer / sizeof *restorer; i++)
		cr_expect_eq(ask(&f, restorer[i].nr, restorer[i].a,
				 restorer[i].b, restorer[i].c),
		    restorer[i].answer, "question %zu", i);
}
