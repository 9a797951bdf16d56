/*
 * sandbox_seccomp.c - runs the seccomp programs of the sandbox on paper and
 * compares every call's answer with the table.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "sandbox/calls.h"
#include "system/addr.h"
#include "unit/seccomp_paper.h"

#define ANY 1U /* it depends on arguments */

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

static const struct question questions[] = {
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
	expect(&f, questions, sizeof questions / sizeof *questions);
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
