/*
 * faulty_log.c - what the server with planted faults does to its standard
 * descriptors, of which the third is all that a child has of the log.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/faulty_inside.h"
#include "rig/wait.h"

#define LONG  8192  /* of words */
#define FLOOD 20000 /* lines: more than all that waits for a reader */

/* To standard error, which is all that a child has of the log. */
const char *
faulty_write_words(const char *hex, const char *begin)
{
	char bytes[LONG];
	size_t n = strlen(begin);

	memcpy(bytes, begin, n);
	n += faulty_unhex(hex, bytes + n, sizeof(bytes) - n);
	return write(STDERR_FILENO, bytes, n) == (ssize_t)n ? "written\n" :
							      "refused\n";
}

/* What finds no room in the channel is lost here, and no flood. */
const char *
faulty_flood(void)
{
	struct pollfd room = { .fd = STDERR_FILENO, .events = POLLOUT };

	for (int said = 0; said < FLOOD;) {
		if (write(STDERR_FILENO, "flood flood flood flood", 23) == 23)
			said++;
		else if (poll(&room, 1, (int)rig_patience_ms()) <= 0)
			return "nobody hears\n";
	}
	return "flooded\n";
}

const char *
faulty_forge(const char *hex)
{
	char bytes[LONG];
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control = { 0 };
	struct iovec iov = { bytes, faulty_unhex(hex, bytes, sizeof(bytes)) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct ucred master = { getppid(), getuid(), getgid() };
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_CREDENTIALS;
	head->cmsg_len = CMSG_LEN(sizeof(master));
	memcpy(CMSG_DATA(head), &master, sizeof(master));
	return sendmsg(STDERR_FILENO, &msg, 0) < 0 ? strerrorname_np(errno) :
						     "sent";
}

const char *
faulty_descriptors(void)
{
	static char text[64];
	struct stat st[3], null;

	if (stat("/dev/null", &null) < 0)
		return "cannot look\n";
	text[0] = '\0';
	for (int i = 0; i < 3; i++) {
		if (fstat(i, &st[i]) < 0)
			return "closed\n";
		strcat(text,
		    st[i].st_rdev == null.st_rdev && S_ISCHR(st[i].st_mode) ?
			"null " :
			S_ISSOCK(st[i].st_mode) ? "socket " :
						  "other ");
	}
	strcat(text, "\n");
	return text;
}

/* Whatever it comes to: what is asked is what others notice of it. */
const char *
faulty_spoil(void)
{
	static const int flags[] = { O_DIRECT, O_NONBLOCK, O_ASYNC };
	char byte;

	for (int fd = 0; fd < 3; fd++) {
		for (size_t i = 0; i < 3; i++)
			fcntl(fd, F_SETFL, flags[i]);
		ioctl(fd, FIONBIO, &(int){ 1 });
		lseek(fd, 0, SEEK_SET);
		shutdown(fd, SHUT_RDWR);
	}
	if (read(STDIN_FILENO, &byte, 1) > 0 ||
	    read(STDERR_FILENO, &byte, 1) > 0)
		return "heard somebody\n";
	return "spoilt\n";
}
