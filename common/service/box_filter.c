/*
 * box_filter.c - makes the seccomp program of a box.
 *
 * Call numbers with one answer in a row become a range; the program halves its
 * way to the right range and jumps to an answer at its end.
 */
#include "service/box_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "service/box_calls.h"
#include "service/box_maker.h"
#include "system/log.h"

#define CALLS 1024       /* numbers from here on are unknown */
#define X32   0x40000000 /* x86: the calls of another ABI begin here */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#define ARCH 0 /* no filter then */
#endif

void
box_put(struct box_maker *m, unsigned code, unsigned k)
{
	if (m->n == BOX_FILTER_MAX)
		bug("box: the filter is too long");
	m->yes[m->n] = m->no[m->n] = BOX_NEXT;
	m->code[m->n++] =
	    (struct sock_filter){ .code = (unsigned short)code, .k = k };
}

void
box_load(struct box_maker *m, size_t offset)
{
	box_put(m, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset);
}

void
box_test(struct box_maker *m, unsigned how, unsigned k, int yes, int no)
{
	box_put(m, BPF_JMP | BPF_K | how, k);
	m->yes[m->n - 1] = yes;
	m->no[m->n - 1] = no;
}

/*
 * What a listed answer comes to for these needs.
 */
static int
settle(int answer, unsigned needs)
{
	switch (answer) {
	case CALL_WRITE:
		return needs & BOX_NEEDS_WRITE ? CALL_YES : CALL_NO;
	case CALL_WATCH:
		return needs & BOX_NEEDS_WATCH ? CALL_YES : CALL_UNKNOWN;
	case CALL_ADDRESS:
		return needs & BOX_NEEDS_DATAGRAM ? CALL_YES : CALL_ADDRESS;
	case CALL_FORK:
		return needs & BOX_NEEDS_FORK ? CALL_FORK : CALL_FATAL;
	case CALL_ABORT:
		return needs & BOX_NEEDS_ABORT ? CALL_ABORT : CALL_NO;
	default:
		return answer;
	}
}

static void
add_range(struct box_maker *m, unsigned from, int answer)
{
	if (m->ranges > 0 && m->range[m->ranges - 1].answer == answer)
		return;
	if (m->ranges == BOX_RANGES)
		bug("box: the filter has too many ranges");
	m->range[m->ranges++] = (struct box_range){ from, answer };
}

static void
make_ranges(struct box_maker *m, unsigned needs)
{
	unsigned char listed[CALLS] = { CALL_UNKNOWN };

	for (size_t i = 0; i < box_call_count; i++)
		listed[box_calls[i].number] = box_calls[i].answer;
	for (unsigned nr = 0; nr < CALLS; nr++)
		add_range(m, nr, settle(listed[nr], needs));
	add_range(m, CALLS, CALL_UNKNOWN);
	add_range(m, X32, CALL_FATAL);
}

/*
 * Find the range of the number in A among count of them, two or more.
 */
static void
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than 8 */
make_tree(struct box_maker *m, const struct box_range *r, size_t count)
{
	size_t half = count / 2;
	unsigned at = m->n;

	if (count == 3 && r[0].answer == r[2].answer &&
	    r[1].from + 1 == r[2].from) {
		box_test(m, BPF_JEQ, r[1].from, r[1].answer, r[0].answer);
		return;
	}
	box_test(m, BPF_JGE, r[half].from, BOX_NEXT, BOX_NEXT);
	if (half == 1)
		m->no[at] = r[0].answer;
	else
		make_tree(m, r, half);
	if (count - half == 1) {
		m->yes[at] = r[half].answer;
		return;
	}
	m->code[at].jt = (unsigned char)(m->n - at - 1);
	make_tree(m, r + half, count - half);
}

static void
make_answers(struct box_maker *m)
{
	static const struct {
		int answer;
		unsigned action;
	} plain[] = {
		{ CALL_YES, SECCOMP_RET_ALLOW },
		{ CALL_UNKNOWN, SECCOMP_RET_ERRNO | ENOSYS },
		{ CALL_NO, SECCOMP_RET_ERRNO | EPERM },
		{ CALL_FATAL, SECCOMP_RET_KILL_PROCESS },
	};

	box_checks(m);
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		m->place[plain[i].answer] = m->n;
		box_put(m, BPF_RET | BPF_K, plain[i].action);
	}
}

/*
 * All stands: say how far each jump goes.
 */
static void
fix_jumps(struct box_maker *m)
{
	for (unsigned i = 0; i < m->n; i++) {
		if (m->yes[i] != BOX_NEXT)
			m->code[i].jt =
			    (unsigned char)(m->place[m->yes[i]] - i - 1);
		if (m->no[i] != BOX_NEXT)
			m->code[i].jf =
			    (unsigned char)(m->place[m->no[i]] - i - 1);
	}
}

int
box_filter_make(struct box_filter *f, unsigned needs)
{
	struct box_maker m = { .code = f->code };

	box_load(&m, offsetof(struct seccomp_data, arch));
	box_test(&m, BPF_JEQ, ARCH, BOX_NEXT, CALL_FATAL);
	box_load(&m, offsetof(struct seccomp_data, nr));
	make_ranges(&m, needs);
	make_tree(&m, m.range, m.ranges);
	make_answers(&m);
	fix_jumps(&m);
	f->program = (struct sock_fprog){ .len = (unsigned short)m.n,
		.filter = f->code };
	return (int)m.n;
}

int
box_filter_supported(void)
{
	unsigned action = SECCOMP_RET_KILL_PROCESS;

	return ARCH != 0 &&
	    syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int
box_filter_load(const struct box_filter *f)
{
	return (int)syscall(
	    SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &f->program);
}
