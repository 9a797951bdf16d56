/*
 * box_checks.c - the system calls of a box that are judged by their arguments.
 *
 * Only what stands in registers can be judged: flags and numbers, never what
 * a pointer points to.
 */
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "service/box_maker.h"

#define LOW(n)  offsetof(struct seccomp_data, args[n])
#define HIGH(n) (LOW(n) + 4) /* both machines are little-endian */
#define BIT(n)  (1U << (n))

/*
 * Is the number in A, below 32, one of those in the mask?
 */
static void
test_mask(struct box_maker *m, unsigned mask)
{
	box_test(m, BPF_JGE, 32, CALL_NO, -1);
	box_put(m, BPF_MISC | BPF_TAX, 0);
	box_put(m, BPF_LD | BPF_IMM, 1);
	box_put(m, BPF_ALU | BPF_LSH | BPF_X, 0);
	box_test(m, BPF_JSET, mask, CALL_YES, CALL_NO);
}

/*
 * The answers that depend on arguments.  What is not said to be allowed is
 * EPERM, or fatal.
 */
static void
make_checks(struct box_maker *m)
{
	m->place[CALL_MEMORY] = m->n;
	box_load(m, LOW(2));
	box_test(m, BPF_JSET, PROT_EXEC, CALL_FATAL, CALL_YES);

	/* A child may be the owner of the log; nobody may rewind it. */
	m->place[CALL_FCNTL] = m->n;
	box_load(m, LOW(1));
	box_test(m, BPF_JEQ, F_DUPFD_CLOEXEC, CALL_YES, BOX_NEXT);
	box_test(m, BPF_JGE, F_SETOWN, CALL_NO, BOX_NEXT);
	box_test(m, BPF_JEQ, F_SETFL, BOX_NEXT, CALL_YES);
	box_load(m, LOW(2));
	box_test(m, BPF_JSET, O_APPEND, CALL_YES, CALL_NO);

	m->place[CALL_IOCTL] = m->n;
	box_load(m, LOW(1));
	box_test(m, BPF_JEQ, FIONBIO, CALL_YES, BOX_NEXT);
	box_test(m, BPF_JEQ, FIONREAD, CALL_YES, BOX_NEXT);
	box_test(m, BPF_JEQ, TIOCOUTQ, CALL_YES, BOX_NEXT);
	box_test(m, BPF_JEQ, TCGETS, CALL_YES, CALL_NO);

	m->place[CALL_ADDRESS] = m->n;
	box_load(m, LOW(4));
	box_test(m, BPF_JEQ, 0, BOX_NEXT, CALL_NO);
	box_load(m, HIGH(4));
	box_test(m, BPF_JEQ, 0, CALL_YES, CALL_NO);

	m->place[CALL_FORK] = m->n;
	box_load(m, LOW(0));
	box_test(m, BPF_JEQ, BOX_FORK_FLAGS, CALL_YES, CALL_FATAL);

	m->place[CALL_ABORT] = m->n;
	box_load(m, LOW(2));
	box_test(m, BPF_JEQ, SIGABRT, CALL_YES, CALL_FATAL);

	m->place[CALL_LIMIT] = m->n;
	box_load(m, LOW(0));
	box_test(m, BPF_JEQ, 0, CALL_YES, CALL_FATAL);

	m->place[CALL_PRCTL] = m->n;
	box_load(m, LOW(0));
	box_test(m, BPF_JEQ, PR_SET_NAME, CALL_YES, BOX_NEXT);
	box_test(m, BPF_JEQ, PR_SET_VMA, CALL_YES, BOX_NEXT);
	box_test(m, BPF_JEQ, PR_SET_PDEATHSIG, BOX_NEXT, CALL_NO);
	box_load(m, LOW(1));
	box_test(m, BPF_JEQ, SIGKILL, CALL_YES, CALL_NO);
}

/*
 * Options of sockets: time-outs, sizes, corks; nothing that carries a program,
 * a route or a name.
 */
static void
make_options(struct box_maker *m)
{
	m->place[CALL_OPTION] = m->n;
	box_load(m, LOW(1));
	box_test(m, BPF_JEQ, SOL_SOCKET, CALL_SOCKET_OPTION, BOX_NEXT);
	box_test(m, BPF_JEQ, IPPROTO_TCP, BOX_NEXT, CALL_NO);
	box_load(m, LOW(2));
	test_mask(m,
	    BIT(TCP_NODELAY) | BIT(TCP_CORK) | BIT(TCP_KEEPIDLE) |
		BIT(TCP_KEEPINTVL) | BIT(TCP_KEEPCNT) | BIT(TCP_LINGER2) |
		BIT(TCP_QUICKACK) | BIT(TCP_USER_TIMEOUT) |
		BIT(TCP_NOTSENT_LOWAT));

	m->place[CALL_SOCKET_OPTION] = m->n;
	box_load(m, LOW(2));
	test_mask(m,
	    BIT(SO_SNDBUF) | BIT(SO_RCVBUF) | BIT(SO_KEEPALIVE) |
		BIT(SO_LINGER) | BIT(SO_RCVLOWAT) | BIT(SO_RCVTIMEO) |
		BIT(SO_SNDTIMEO));
}

void
box_checks(struct box_maker *m)
{
	make_checks(m);
	make_options(m);
}
