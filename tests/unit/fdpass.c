/*
 * fdpass.c - descriptors across a socket, and partners that break the rules.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/fdpass.h"

struct note {
	int number;
	char text[12];
};

static const struct note hello = { 42, "hello" };

static int
count_open(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	cr_assert(d != NULL);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

Test(fdpass, a_message_with_and_without_a_descriptor)
{
	int ends[2], pipe_ends[2], fd;
	struct note note;
	char byte;

	cr_assert_eq(fdpass_pair(ends), 0);
	cr_assert(fcntl(ends[0], F_GETFD) & FD_CLOEXEC);
	cr_assert(fcntl(ends[1], F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(pipe(pipe_ends), 0);
	cr_assert_eq(
	    fdpass_send(ends[0], &hello, sizeof(hello), pipe_ends[0]), 0);
	cr_assert_eq(fdpass_send(ends[0], &hello, sizeof(hello), -1), 0);

	cr_assert_eq(fdpass_receive(ends[1], &note, sizeof(note), &fd), 1);
	cr_assert(memcmp(&note, &hello, sizeof(note)) == 0);
	cr_assert(fd >= 0 && fd != pipe_ends[0]);
	cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(write(pipe_ends[1], "x", 1), 1);
	cr_assert_eq(read(fd, &byte, 1), 1, "it is the same pipe");

	cr_assert_eq(fdpass_receive(ends[1], &note, sizeof(note), &fd), 1);
	cr_assert_eq(fd, -1);
}

Test(fdpass, the_end_and_an_empty_socket)
{
	int ends[2], fd = 5;
	struct note note;

	cr_assert_eq(fdpass_pair(ends), 0);
	cr_assert_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	cr_assert_eq(fdpass_receive(ends[1], &note, sizeof(note), &fd), -1);
	cr_assert(errno == EAGAIN && fd == -1);
	close(ends[0]);
	cr_assert_eq(fdpass_receive(ends[1], &note, sizeof(note), &fd), 0);
	cr_assert_eq(fd, -1);
	cr_assert_eq(fdpass_send(ends[1], &hello, sizeof(hello), -1), -1);
	cr_assert_eq(errno, EPIPE, "an error, not a signal");
}

Test(fdpass, a_full_socket_does_not_block)
{
	int ends[2], sent = 0;

	cr_assert_eq(fdpass_pair(ends), 0);
	while (sent < 100000 &&
	    fdpass_send(ends[0], &hello, sizeof(hello), -1) == 0)
		sent++;
	cr_assert_eq(errno, EAGAIN);
	cr_assert(sent > 0 && sent < 100000);
}

/* Send fds copies of descriptor 0 with bytes bytes: what fdpass never does. */
static void
send_rudely(int sock, size_t bytes, size_t fds)
{
	char body[64] = "rude";
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(16 * sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = body, .iov_len = bytes };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fds > 0) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(fds * sizeof(int));
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(fds * sizeof(int));
	}
	cr_assert_eq(sendmsg(sock, &msg, 0), (ssize_t)bytes);
}

Test(fdpass, a_message_of_another_shape_leaks_nothing)
{
	static const struct {
		size_t bytes, fds;
	} table[] = {
		{ sizeof(struct note) - 1, 0 },
		{ sizeof(struct note) - 1, 1 },
		{ sizeof(struct note) + 1, 0 },
		{ sizeof(struct note) + 1, 1 },
		{ 0, 1 },
		{ sizeof(struct note), 2 },
		{ sizeof(struct note), 4 },
		{ sizeof(struct note), 5 },
		{ sizeof(struct note), 16 },
	};
	int ends[2], fd;
	struct note note;

	cr_assert_eq(fdpass_pair(ends), 0);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int before = count_open();

		send_rudely(ends[0], table[i].bytes, table[i].fds);
		fd = 5;
		errno = 0;
		cr_assert_eq(fdpass_receive(ends[1], &note, sizeof(note), &fd),
		    -1, "row %zu", i);
		cr_assert(errno == EPROTO && fd == -1, "row %zu", i);
		cr_assert_eq(count_open(), before, "row %zu leaks", i);
	}
	cr_assert_eq(fdpass_send(ends[0], &hello, sizeof(hello), 0), 0);
	cr_assert_eq(fdpass_receive(ends[1], &note, sizeof(note), &fd), 1,
	    "and the next good one is taken");
}

Test(fdpass, no_descriptor_left_to_receive_it)
{
	int ends[2], fd, high;
	struct note note;
	struct rlimit all, few;

	cr_assert_eq(fdpass_pair(ends), 0);
	cr_assert_eq(fdpass_send(ends[0], &hello, sizeof(hello), 0), 0);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &all), 0);
	high = dup(0);
	few = all;
	few.rlim_cur = (rlim_t)high;
	close(high);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	errno = 0;
	cr_assert_eq(fdpass_receive(ends[1], &note, sizeof(note), &fd), -1);
	cr_assert(errno == EPROTO && fd == -1,
	    "the kernel drops it, and that is not taken for a message");
	setrlimit(RLIMIT_NOFILE, &all);
}
