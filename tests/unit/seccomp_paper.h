/*
 * seccomp_paper.h - runs a seccomp program of the sandbox on paper.
 */
#ifndef SECCOMP_PAPER_H
#define SECCOMP_PAPER_H

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>

#include "sandbox/seccomp.h"

#ifdef __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#else
#define ARCH AUDIT_ARCH_AARCH64
#endif

#define YES     SECCOMP_RET_ALLOW
#define UNKNOWN (SECCOMP_RET_ERRNO | ENOSYS)
#define NO      (SECCOMP_RET_ERRNO | EPERM)
#define FATAL   SECCOMP_RET_KILL_PROCESS
#define HIGH    (1ULL << 32) /* the kernel takes no notice of it in an int */

static inline unsigned
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
static inline unsigned
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

static inline unsigned
ask(const struct seccomp_filter *f, int nr, uint64_t a, uint64_t b, uint64_t c)
{
	struct seccomp_data d = { .nr = nr, .arch = ARCH, .args = { a, b, c } };

	return run(f, &d);
}

/* A call with these arguments, and what is to be said to it. */
struct question {
	int nr;
	uint64_t a, b, c;
	unsigned answer;
};

static inline void
expect(const struct seccomp_filter *f, const struct question *q, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(ask(f, q[i].nr, q[i].a, q[i].b, q[i].c),
		    q[i].answer, "question %zu", i);
}

#endif
