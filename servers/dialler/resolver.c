/*
 * resolver.c - a process that looks one name up, whenever it is asked.
 *
 * Look-ups block, read files, load libraries and hear answers from the
 * network: nothing for a process that also hears children.  This one hears the
 * dialler alone, writes no file, and has no descriptor but its socket.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dialler/dialler.h"
#include "sandbox/outward.h"
#include "system/log.h"
#include "system/resolve.h"

#define NAME_SERVICE 53 /* over TCP, where an answer is long */

static int
confine(void)
{
	static const uint16_t port = NAME_SERVICE;

	return sandbox_outward(SANDBOX_READ, &port, 1);
}

static void
look_up(const char *host, const char *port, struct resolver_answer *a)
{
	struct addr found[ADDR_MAX_FOUND];
	const char *why;
	int n = resolve(host, port, SOCK_STREAM, found, &why);

	memset(a, 0, sizeof(*a));
	if (n < 0) {
		a->error = errno == EAGAIN ? EAGAIN : ENOENT;
		return;
	}
	a->count = (uint32_t)(n < DIALLER_ADDRESSES ? n : DIALLER_ADDRESSES);
	memcpy(a->found, found, a->count * sizeof(found[0]));
}

static _Noreturn void
live(int fd, const char *host, const char *port)
{
	static struct resolver_answer answer;
	char word;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || confine() < 0) {
		log_error("looking up %s: %s", host, strerror(errno));
		_exit(EXIT_OSERR);
	}
	while (recv(fd, &word, 1, 0) == 1) {
		look_up(host, port, &answer);
		if (send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

int
resolver_start(const char *host, const char *port)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		/* Nothing of the dialler's, its socket to the master least. */
		if (ends[1] != STDERR_FILENO + 1 &&
		    dup2(ends[1], STDERR_FILENO + 1) < 0)
			_exit(EXIT_OSERR);
		close_range(STDERR_FILENO + 2, ~0U, 0);
		live(STDERR_FILENO + 1, host, port);
	}
	close(ends[1]);
	if (pid > 0)
		return ends[0];
	close(ends[0]);
	return -1;
}
