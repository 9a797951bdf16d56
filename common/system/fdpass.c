/*
 * fdpass.c - pass an open descriptor to another process.
 */
#include "system/fdpass.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for more descriptors than we take, so that a surplus can be closed. */
#define ROOM_FDS (FDPASS_MAX + 4)

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(ROOM_FDS * sizeof(int))];
};

int
fdpass_pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

int
fdpass_send_fds(
    int sock, const void *message, size_t n, const int *fds, size_t count)
{
	struct iovec iov = { .iov_base = (void *)message, .iov_len = n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	struct cmsghdr *head;
	ssize_t put;

	if (count > FDPASS_MAX) {
		errno = EINVAL;
		return -1;
	}
	if (count > 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
		head = CMSG_FIRSTHDR(&msg);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(head), fds, count * sizeof(int));
	}
	do {
		put = sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (put < 0 && errno == EINTR);
	return put < 0 ? -1 : 0;
}

int
fdpass_send(int sock, const void *message, size_t n, int fd)
{
	return fdpass_send_fds(sock, message, n, &fd, fd >= 0);
}

/*
 * Take the descriptors out of a received message: keep the first ones, close
 * the others.  Returns how many there were.
 */
static size_t
unpack(struct msghdr *msg, int *fds, size_t most)
{
	size_t count = 0;

	for (struct cmsghdr *head = CMSG_FIRSTHDR(msg); head != NULL;
	     head = CMSG_NXTHDR(msg, head)) {
		size_t bytes = head->cmsg_len - CMSG_LEN(0);

		if (head->cmsg_level != SOL_SOCKET ||
		    head->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = 0; at + sizeof(int) <= bytes;
		     at += sizeof(int)) {
			int one;

			memcpy(&one, CMSG_DATA(head) + at, sizeof(one));
			if (count < most)
				fds[count] = one;
			else
				close(one);
			count++;
		}
	}
	return count;
}

static void
close_all(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

int
fdpass_receive_fds(int sock, void *message, size_t n, int *fds, size_t most)
{
	struct iovec iov = { .iov_base = message, .iov_len = n };
	union control control;
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	ssize_t got = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	size_t count;

	for (size_t i = 0; i < most; i++)
		fds[i] = -1;
	if (got < 0)
		return -1;
	count = unpack(&msg, fds, most);
	if (got == 0 && count == 0)
		return 0;
	/* MSG_CTRUNC: the kernel has dropped descriptors that did not fit. */
	if ((size_t)got != n || count > most ||
	    (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
		close_all(fds, most);
		errno = EPROTO;
		return -1;
	}
	return 1;
}

int
fdpass_receive(int sock, void *message, size_t n, int *fd)
{
	return fdpass_receive_fds(sock, message, n, fd, 1);
}
