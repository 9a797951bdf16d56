/*
 * rights.c - the sandbox of the key keeper: it answers, and can do nothing
 * else.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "keeper/keeper.h"
#include "sandbox/rows.h"
#include "sandbox/strict.h"

/* All else ends it: nothing here asks the system for what it can do without. */
/* clang-format off */
static const struct call calls[] = {
	YES(recvfrom), YES(recvmsg), YES(sendto), YES(close),
	YES(epoll_ctl), YES(epoll_pwait),
	YES(write), YES(writev), /* the log */
	YES(brk), YES(munmap), YES(mremap), YES(madvise), YES(futex),
	SUCH(mmap, BITS(2, PROT_EXEC, 0)), SUCH(mprotect, BITS(2, PROT_EXEC, 0)),
	YES(rt_sigprocmask), YES(rt_sigreturn), YES(getpid), YES(gettid),
	YES(getrandom), YES(clock_gettime), YES(gettimeofday),
	YES(sched_yield), YES(restart_syscall), YES(exit), YES(exit_group),
	SUCH(tgkill, ARG(2, EQ, SIGABRT)), /* abort() says what was wrong with us */

	/* Libraries ask for these and can do without. */
	DENIED(openat), DENIED(read), DENIED(newfstatat), DENIED(fstat),
	DENIED(ioctl), DENIED(sysinfo), DENIED(lseek), DENIED(fcntl),
#ifdef SYS_epoll_wait
	YES(epoll_wait), YES(time),
#endif
};
/* clang-format on */

static const size_t count = sizeof calls / sizeof *calls;

int
keeper_confine(void)
{
	return strict_confine(calls, count, NULL);
}

size_t
keeper_calls(size_t *judged)
{
	return strict_count(calls, count, judged);
}
