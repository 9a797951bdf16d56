/*
 * rights.c - the sandbox of the dialler: it connects TCP to the ports of its
 * places (where the kernel's Landlock can say so), and can do nothing else.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dialler/dialler.h"
#include "sandbox/lacking.h"
#include "sandbox/landlock.h"

/* All else ends it: nothing here asks the system for what it can do without. */
static const int allowed[] = {
	SYS_recvfrom,
	SYS_recvmsg,
	SYS_sendto,
	SYS_sendmsg,
	SYS_connect,
	SYS_getsockopt,
	SYS_getsockname,
	SYS_getpeername,
	SYS_close,
	SYS_epoll_ctl,
	SYS_epoll_pwait,
	SYS_write, /* the log */
	SYS_writev,
	SYS_brk,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_futex,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_getpid,
	SYS_gettid,
	SYS_clock_gettime,
	SYS_gettimeofday,
	SYS_restart_syscall,
	SYS_exit,
	SYS_exit_group,
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
	SYS_time,
#endif
};

/* Libraries ask for these and can do without. */
static const int refused[] = {
	SYS_openat,
	SYS_read,
	SYS_newfstatat,
	SYS_fstat,
	SYS_ioctl,
	SYS_lseek,
	SYS_fcntl,
};

/* Flags beside SOCK_STREAM in the type of a socket. */
#define TYPE_MASK 0xffU

struct such {
	int call;
	struct scmp_arg_cmp arg[2];
	unsigned args;
};

static const struct such such[] = {
	{ SYS_socket,
	    { { 0, SCMP_CMP_EQ, AF_INET, 0 },
		{ 1, SCMP_CMP_MASKED_EQ, TYPE_MASK, SOCK_STREAM } },
	    2 },
	{ SYS_socket,
	    { { 0, SCMP_CMP_EQ, AF_INET6, 0 },
		{ 1, SCMP_CMP_MASKED_EQ, TYPE_MASK, SOCK_STREAM } },
	    2 },
	{ SYS_setsockopt,
	    { { 1, SCMP_CMP_EQ, IPPROTO_TCP, 0 },
		{ 2, SCMP_CMP_EQ, TCP_NODELAY, 0 } },
	    2 },
	{ SYS_setsockopt,
	    { { 1, SCMP_CMP_EQ, SOL_SOCKET, 0 },
		{ 2, SCMP_CMP_EQ, SO_SNDBUF, 0 } },
	    2 },
	{ SYS_mmap, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } }, 1 },
	{ SYS_mprotect, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } }, 1 },
	/* abort() says what was wrong with us. */
	{ SYS_tgkill, { { 2, SCMP_CMP_EQ, SIGABRT, 0 } }, 1 },
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int
add_all(scmp_filter_ctx rules)
{
	int status = 0;

	for (size_t i = 0; i < COUNT(allowed) && status == 0; i++)
		status = seccomp_rule_add(rules, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < COUNT(refused) && status == 0; i++)
		status = seccomp_rule_add(
		    rules, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	for (size_t i = 0; i < COUNT(such) && status == 0; i++)
		status = seccomp_rule_add_array(rules, SCMP_ACT_ALLOW,
		    such[i].call, such[i].args, such[i].arg);
	return status;
}

static int
filter(void)
{
	scmp_filter_ctx rules;
	int status;

	if (lacking_seccomp())
		return lacking("seccomp");
	rules = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (rules == NULL) {
		errno = ENOMEM;
		return -1;
	}
	/* What the kernel says, not what the library makes of it. */
	status = seccomp_attr_set(rules, SCMP_FLTATR_API_SYSRAWRC, 1);
	if (status == 0)
		status = add_all(rules);
	if (status == 0)
		status = seccomp_load(rules);
	seccomp_release(rules);
	errno = -status;
	return status == 0 ? 0 : lacking("seccomp");
}

/* No file, and TCP to these ports alone. */
static int
enclose(void)
{
	uint16_t ports[DIAL_PLACES_MAX];
	int abi = landlock_abi(), ruleset, status;
	const char *which;

	if (abi == 0)
		return 0;
	for (size_t i = 0; i < places_count(); i++)
		ports[i] = places_at(i)->port;
	ruleset = landlock_make(abi, NULL, 0, &which);
	if (ruleset < 0)
		return lacking("landlock");
	status = landlock_add_ports(ruleset, abi, ports, places_count());
	if (status == 0 && landlock_enter(ruleset) < 0)
		status = lacking("landlock");
	close(ruleset);
	return status;
}

int
dialler_confine(void)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit open;

	/* A descriptor for each connection, and for what it waits for. */
	if (getrlimit(RLIMIT_NOFILE, &open) < 0)
		return -1;
	open.rlim_cur = open.rlim_max;
	setrlimit(RLIMIT_NOFILE, &open);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -1;
#ifdef BERTH_ASAN /* whose own calls and files are not ours to list */
	(void)filter;
	(void)enclose;
	return 0;
#else
	return enclose() < 0 ? -1 : filter();
#endif
}

size_t
dialler_calls(size_t *judged)
{
	*judged = 0;
	for (size_t i = 0; i < COUNT(such); i++)
		*judged += i == 0 || such[i].call != such[i - 1].call;
	return COUNT(allowed) + *judged;
}
