/*
 * hand.h - for the yardstick: fork, and hand a socket over.
 */
#ifndef HAND_H
#define HAND_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHILD_END 3 /* a child's only descriptor beside 0, 1, 2 */

static inline _Noreturn void
fail(const char *what)
{
	fprintf(stderr, "yardstick: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static inline int
give(int to, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
			  .cmsg_level = SOL_SOCKET,
			  .cmsg_type = SCM_RIGHTS } };
	struct iovec iov = { .iov_base = &fd, .iov_len = sizeof(fd) };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room) };

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	return sendmsg(to, &m, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static inline int
take(int from)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	int fd;
	struct iovec iov = { .iov_base = &fd, .iov_len = sizeof(fd) };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room) };

	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) <= 0)
		return -1;
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

/*
 * Fork.  A child of a master that hands over keeps its end of a socket pair
 * and nothing else; *end becomes the master's end.  Returns 1 in the child.
 */
static inline int
spawn(int *end)
{
	int pair[2] = { -1, -1 };
	pid_t pid;

	if (end != NULL &&
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		fail("socketpair");
	if ((pid = fork()) < 0)
		fail("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (end != NULL && pair[1] != CHILD_END)
			dup3(pair[1], CHILD_END, O_CLOEXEC);
		if (end != NULL)
			close_range(CHILD_END + 1, ~0U, 0);
		return 1;
	}
	if (end != NULL) {
		close(pair[1]);
		*end = pair[0];
	}
	return 0;
}

#endif
