/*
 * helper_rights.c - what helpers can still do once they are in their sandboxes,
 * tried from inside: the key keeper, the dialler, its look-ups, the relay.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dialler/dialler.h"
#include "dialler/rights.h"
#include "keeper/keeper.h"
#include "rig/rig.h"
#include "sandbox/landlock.h"
#include "sandbox/outward.h"

#ifdef BERTH_ASAN
#define FILTERED false /* its runtime makes calls of its own */
#else
#define FILTERED true
#endif

#define OTHER 99 /* exit code: no errno says it */
#define PORT  49 /* nobody listens there */

enum { KILLED = -1 };

static char file[4096]; /* of this user */
static int opened;      /* the same */

static int
outcome(long result)
{
	return result < 0 ? errno : 0;
}

static int
read_file(void)
{
	return outcome(open(file, O_RDONLY | O_CLOEXEC));
}

static int
write_file(void)
{
	return outcome(open(file, O_WRONLY | O_CLOEXEC));
}

static int
remove_file(void)
{
	return outcome(unlink(file));
}

static int
open_mode(void)
{
	return outcome(chmod(file, 0666));
}

static int
open_its_mode(void)
{
	return outcome(fchmod(opened, 0666));
}

static int
change_times(void)
{
	return outcome(futimens(opened, NULL));
}

static int
watch_names(void)
{
	return outcome(syscall(SYS_inotify_init1, 0));
}

static int
run_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int
have_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return outcome(pid);
}

static int
connect_to(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? errno : outcome(connect(fd, (void *)&a, sizeof(a)));
}

static int
connect_there(void)
{
	return connect_to(PORT);
}

static int
connect_elsewhere(void)
{
	return connect_to(PORT + 1);
}

static int
send_datagrams(void)
{
	return outcome(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int
have_other_sockets(void)
{
	return outcome(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int
accept_others(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? errno : outcome(listen(fd, 1));
}

static int
signal_outside(void)
{
	return outcome(kill(getppid(), 0));
}

static int
trace_outside(void)
{
	return outcome(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int
read_outside(void)
{
	char byte;
	struct iovec to = { &byte, 1 }, from = { &byte, 1 };

	return outcome(process_vm_readv(getppid(), &to, 1, &from, 1, 0));
}

static int
make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int
become_another(void)
{
	return outcome(syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */));
}

static int
keeper(void)
{
	return keeper_confine();
}

static int
dialler(void)
{
	const char *why;

	return places_add("127.0.0.1:49", &why) < 0 ? -1 : dialler_confine();
}

static int
look_ups(void)
{
	static const uint16_t port = PORT;

	return sandbox_outward(SANDBOX_READ, &port, 1);
}

static int
relay(void)
{
	return sandbox_outward_to(PORT);
}

#define HELPERS 4

static int (*const confine[HELPERS])(
    void) = { keeper, dialler, look_ups, relay };

/* clang-format off */
static const struct {
	const char *what;
	int (*make)(void);
	int outcome[HELPERS]; /* keeper, dialler, look-ups, relay */
	int abi;              /* of Landlock that it needs */
} attempts[] = {
	{ "read a file", read_file, { EACCES, EACCES, 0, 0 }, 0 },
	{ "write one", write_file, { EACCES, EACCES, EACCES, EACCES }, 1 },
	{ "remove one", remove_file, { KILLED, KILLED, EACCES, EACCES }, 1 },
	{ "change its mode", open_mode, { KILLED, KILLED, EPERM, EPERM }, 0 },
	{ "or by its descriptor", open_its_mode, { KILLED, KILLED, EPERM, EPERM }, 0 },
	{ "change its times", change_times, { KILLED, KILLED, EPERM, EPERM }, 0 },
	{ "watch for names", watch_names, { KILLED, KILLED, EPERM, EPERM }, 0 },
	{ "run a program", run_program, { KILLED, KILLED, KILLED, 0 }, 0 },
	{ "have a child", have_child, { KILLED, KILLED, EPERM, 0 }, 0 },
	{ "connect where it is told", connect_there,
	    { KILLED, ECONNREFUSED, ECONNREFUSED, ECONNREFUSED }, 0 },
	{ "connect elsewhere", connect_elsewhere, { KILLED, EACCES, EACCES, EACCES }, 4 },
	{ "send datagrams", send_datagrams, { KILLED, KILLED, 0, 0 }, 0 },
	{ "have sockets of another kind", have_other_sockets,
	    { KILLED, KILLED, EPERM, EPERM }, 0 },
	{ "accept anybody", accept_others, { KILLED, KILLED, EPERM, EPERM }, 0 },
	{ "signal its parent", signal_outside, { KILLED, KILLED, EPERM, EPERM }, 6 },
	{ "trace it", trace_outside, { KILLED, KILLED, KILLED, KILLED }, 0 },
	{ "read its memory", read_outside, { KILLED, KILLED, KILLED, KILLED }, 0 },
	{ "be root of its own", become_another, { KILLED, KILLED, KILLED, KILLED }, 0 },
	{ "have new code", make_code, { KILLED, KILLED, 0, 0 }, 0 },
};
/* clang-format on */

static int
attempt(int (*enter)(void), int (*make)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(enter() < 0 ? OTHER : make());
	cr_assert_gt(pid, 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return KILLED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : OTHER;
}

static void
check(size_t helper)
{
	const char *path;

	if (!FILTERED)
		cr_skip_test("no filter");
	path = rig_file(rig_place(), "file", "a file");
	snprintf(file, sizeof(file), "%s", path);
	opened = open(file, O_RDONLY | O_CLOEXEC);
	cr_assert_geq(opened, 0);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		int got;

		if (landlock_abi() < attempts[i].abi)
			continue;
		got = attempt(confine[helper], attempts[i].make);
		cr_expect_eq(got, attempts[i].outcome[helper], "%s: %d",
		    attempts[i].what, got);
	}
}

Test(helper_rights, the_keeper_answers)
{
	check(0);
}

Test(helper_rights, the_dialler_connects)
{
	check(1);
}

Test(helper_rights, look_ups_read_and_ask)
{
	check(2);
}

Test(helper_rights, the_relay_reads_runs_and_connects)
{
	check(3);
}
