/*
 * rights.c - the sandbox of the dialler: it connects TCP, and can do nothing
 * else.
 */
#include "dialler/rights.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "sandbox/rows.h"
#include "sandbox/strict.h"

/* Flags beside SOCK_STREAM in the type of a socket. */
#define TYPE_MASK 0xffU

/* All else ends it: nothing here asks the system for what it can do without. */
/* clang-format off */
#define STREAM(family) SUCH(socket, \
	ARG(0, EQ, (family)), BITS(1, TYPE_MASK, SOCK_STREAM))

static const struct call calls[] = {
	STREAM(AF_INET), STREAM(AF_INET6),
	OPTION(IPPROTO_TCP, TCP_NODELAY), OPTION(SOL_SOCKET, SO_SNDBUF),
	YES(connect), YES(recvfrom), YES(recvmsg), YES(sendto), YES(sendmsg),
	YES(getsockopt), YES(getsockname), YES(getpeername), YES(close),
	YES(epoll_ctl), YES(epoll_pwait),
	YES(write), YES(writev), /* the log */
	YES(brk), YES(munmap), YES(mremap), YES(madvise), YES(futex),
	SUCH(mmap, BITS(2, PROT_EXEC, 0)), SUCH(mprotect, BITS(2, PROT_EXEC, 0)),
	YES(rt_sigprocmask), YES(rt_sigreturn), YES(getpid), YES(gettid),
	YES(clock_gettime), YES(gettimeofday),
	YES(restart_syscall), YES(exit), YES(exit_group),
	SUCH(tgkill, ARG(2, EQ, SIGABRT)), /* abort() says what was wrong with us */

	/* Libraries ask for these and can do without. */
	DENIED(openat), DENIED(read), DENIED(newfstatat), DENIED(fstat),
	DENIED(ioctl), DENIED(lseek), DENIED(fcntl),
#ifdef SYS_epoll_wait
	YES(epoll_wait), YES(time),
#endif
};
/* clang-format on */

static const size_t count = sizeof calls / sizeof *calls;

int
dialler_confine(void)
{
	return strict_confine(calls, count, dialler_enclose);
}

size_t
dialler_calls(size_t *judged)
{
	return strict_count(calls, count, judged);
}
