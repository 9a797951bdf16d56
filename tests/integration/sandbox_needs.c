/*
 * sandbox_needs.c - what a sandboxed child still can do, because services need it, and
 * the limits that it meets.
 */
#include <criterion/criterion.h>
#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "rig/sandboxed.h"
#include "rig/main.h"
#include "sandbox/sandbox.h"
#include "system/fdpass.h"

static int
pass_descriptor(void)
{
	char text[4];
	int fd;

	if (fdpass_send(sandboxed.pair[0], "abc", 3, sandboxed.log) < 0 ||
	    fdpass_receive(sandboxed.pair[1], text, 3, &fd) != 1)
		return errno;
	return sandboxed_errno(write(fd, "passed\n", 7));
}

static int
talk(void)
{
	struct pollfd p = { .fd = sandboxed.pair[1], .events = POLLIN };
	char text[8];

	if (send(sandboxed.pair[0], "hello", 5, MSG_NOSIGNAL) != 5 ||
	    poll(&p, 1, 1000) != 1 || recv(p.fd, text, 8, 0) != 5 ||
	    shutdown(sandboxed.pair[0], SHUT_WR) < 0 ||
	    recv(p.fd, text, 8, 0) != 0)
		return errno != 0 ? errno : SANDBOXED_SAME;
	return 0;
}

static int
set_options(void)
{
	const struct timeval second = { .tv_sec = 1 };
	const int on = 1;

	if (setsockopt(sandboxed.pair[0], SOL_SOCKET, SO_RCVTIMEO, &second,
		sizeof second) < 0 ||
	    setsockopt(sandboxed.tcp, IPPROTO_TCP, TCP_CORK, &on, sizeof on) <
		0 ||
	    setsockopt(
		sandboxed.tcp, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
	    ioctl(sandboxed.pair[0], FIONBIO, &on) < 0)
		return errno;
	return fcntl(sandboxed.pair[0], F_GETFL) & O_NONBLOCK ? 0 :
								SANDBOXED_SAME;
}

static int
send_a_file(void)
{
	int fd = open(sandboxed_path("site/page"), O_RDONLY);

	return sendfile(sandboxed.pair[0], fd, NULL, 6) == 6 ? 0 : errno;
}

static int
take_memory(void)
{
	for (size_t n = 1; n < 64 << 20; n *= 2) {
		char *p = malloc(n);

		if (p == NULL)
			return errno;
		p[n - 1] = 1;
		free(p);
	}
	return 0;
}

static int
use_libraries(void)
{
	char seed[16], line[64];
	time_t now = time(NULL);

	if (getrandom(seed, sizeof seed, 0) != (ssize_t)sizeof seed)
		return errno;
	if (strftime(line, sizeof line, "%F %T %z", localtime(&now)) == 0)
		return SANDBOXED_SAME;
	return crypt("secret", "$5$salt$") != NULL ? 0 : errno;
}

static int
wait_for_events(void)
{
	int e = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = { .events = EPOLLIN };

	if (e < 0 || write(sandboxed.pair[0], "x", 1) != 1 ||
	    epoll_ctl(e, EPOLL_CTL_ADD, sandboxed.pair[1], &ev) < 0)
		return errno;
	return epoll_wait(e, &ev, 1, 1000) == 1 ? 0 : SANDBOXED_SAME;
}

static int
watch_files(void)
{
	return sandboxed_errno(inotify_init1(IN_CLOEXEC));
}

static int
sleep_a_little(void)
{
	const struct timespec t = { .tv_nsec = 1000 };

	alarm(5);
	return sandboxed_errno(nanosleep(&t, NULL));
}

static int
say_something(void)
{
	return fprintf(stderr, "%s", "") < 0 ? errno : 0;
}

static int
give_up(void)
{
	abort();
}

static int
crash(void)
{
	raise(SIGSEGV); /* not allowed: signals are for abort() */
	return 0;
}

static int
read_nowhere(void)
{
	const volatile char *volatile nowhere = NULL;

	signal(SIGSEGV, SIG_DFL);
	/* cppcheck-suppress nullPointer ; this is the point */
	return *nowhere; /* NOLINT */
}

static int
spin(void)
{
	for (volatile unsigned n = 0;; n++)
		;
	return 0;
}

static int
spin_unmoved(void)
{
	signal(SIGXCPU, SIG_IGN);
	return spin();
}

static int
take_all_memory(void)
{
	void *kept = NULL; /* a chain, so that none is lost */

	for (;;) {
		void **one = malloc(1 << 20);

		if (one == NULL)
			return errno; /* NOLINT: kept on purpose */
		*one = kept;
		kept = one;
	}
}

static int
open_all(void)
{
	int fd;

	do {
		fd = dup(sandboxed.log);
	} while (fd >= 0 && fd < 2 * SANDBOX_OPEN_MAX);
	return sandboxed_errno(fd);
}

static int
is_plain_user(void)
{
	if (getuid() == 0 || geteuid() == 0 || getgid() == 0 ||
	    getegid() == 0 || prctl(PR_SET_NAME, "sandboxed") < 0)
		return SANDBOXED_SAME;
	return 0;
}

static int
leaves_no_core(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_CORE, &l) < 0)
		return errno;
	return l.rlim_max == 0 ? 0 : SANDBOXED_SAME;
}

/* clang-format off */
static const struct attempt attempts[] = {
	ATTEMPT("pass a descriptor", pass_descriptor, 0),
	ATTEMPT("send, poll, receive", talk, 0),
	ATTEMPT("set options", set_options, 0),
	ATTEMPT("send a file", send_a_file, 0),
	ATTEMPT("take memory", take_memory, 0),
	ATTEMPT("use libraries", use_libraries, 0),
	ATTEMPT("wait for events", wait_for_events, 0, .service = IN_INBOX),
	ATTEMPT("wait for events in a site", wait_for_events, ENOSYS),
	ATTEMPT("watch files unasked", watch_files, ENOSYS),
	ATTEMPT("sleep", sleep_a_little, 0),
	ATTEMPT("log", say_something, 0),
	ATTEMPT("be a plain user", is_plain_user, 0),
	ATTEMPT("leave no core", leaves_no_core, 0),
	ATTEMPT("abort", give_up, -SIGABRT, .abi = 6),
	ATTEMPT("raise", crash, -SIGSYS, .abi = 6),
	ATTEMPT("crash", read_nowhere, -SIGSEGV, .not_asan = true),
	ATTEMPT("spin", spin, -SIGXCPU, .once = true),
	ATTEMPT("spin unmoved", spin_unmoved, -SIGKILL, .once = true),
	ATTEMPT("spin in a shared sandbox", spin, -SIGXCPU, .shared = true, .once = true),
	ATTEMPT("take all memory", take_all_memory, ENOMEM, .not_asan = true),
	ATTEMPT("open all", open_all, EMFILE),
};
/* clang-format on */

#define COUNT (sizeof attempts / sizeof *attempts)

Test(sandbox, needs)
{
	cr_assert_eq(sandboxed_try(attempts, COUNT), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return sandboxed_main(argc, argv, attempts, COUNT);
}
