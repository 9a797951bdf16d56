/*
 * logger_hear.c - the logger's channels.
 */
#include "child/logger_hear.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/logger_lines.h"

#define TURNS_MAX   1000       /* of hearing all before the file changes */
#define MESSAGE_MAX 8192       /* bytes of a message that are looked at */
#define OTHER       UINT32_MAX /* in a name's place: it is no channel */

static int waits = -1;
static size_t channels;

static bool
watch(int fd, uint32_t events, uint32_t name)
{
	struct epoll_event ev = { .events = events,
		.data.u64 = (uint64_t)name << 32 | (uint32_t)fd };

	return epoll_ctl(waits, EPOLL_CTL_ADD, fd, &ev) == 0;
}

static int
fd_of(const struct epoll_event *ev)
{
	return (int)(uint32_t)ev->data.u64;
}

static uint32_t
name_of(const struct epoll_event *ev)
{
	return (uint32_t)(ev->data.u64 >> 32);
}

static bool
has_hung_up(const struct epoll_event *ev)
{
	return (ev->events & (EPOLLHUP | EPOLLRDHUP)) != 0;
}

static void
drop_channel(int end)
{
	/* By hand, for the master has a copy. */
	epoll_ctl(waits, EPOLL_CTL_DEL, end, NULL);
	close(end);
	channels--;
}

/* One message.  Returns whether there may be more. */
static bool
hear(int end, uint32_t name, bool hung_up)
{
	static char text[MESSAGE_MAX];
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control; /* no room for descriptors: the kernel closes them */
	struct iovec iov = { text, sizeof(text) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t got = recvmsg(end, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *head = got < 0 ? NULL : CMSG_FIRSTHDR(&msg);
	struct ucred who = { 0 };

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (got < 0 || (got == 0 && hung_up)) {
		drop_channel(end);
		return false;
	}
	if (head != NULL && head->cmsg_level == SOL_SOCKET &&
	    head->cmsg_type == SCM_CREDENTIALS)
		memcpy(&who, CMSG_DATA(head), sizeof(who));
	if (got > 0)
		logger_lines_take(
		    end, name, who.pid, (struct slice){ text, (size_t)got });
	return got > 0; /* nothing: the end, as the next look will tell */
}

int
logger_hear_open(void)
{
	if (waits >= 0)
		close(waits);
	waits = epoll_create1(EPOLL_CLOEXEC);
	return waits;
}

bool
logger_hear_watch(int fd, uint32_t events)
{
	return watch(fd, events, OTHER);
}

void
logger_hear_forget(int fd)
{
	epoll_ctl(waits, EPOLL_CTL_DEL, fd, NULL);
}

int
logger_hear_other(const struct epoll_event *ev)
{
	return name_of(ev) == OTHER ? fd_of(ev) : -1;
}

void
logger_hear_add(int end, const char *name)
{
	if (watch(end, EPOLLIN | EPOLLRDHUP, logger_lines_name(name)))
		channels++;
}

size_t
logger_hear_count(void)
{
	return channels;
}

int
logger_hear_wait(struct epoll_event *ev, int ms)
{
	return epoll_wait(waits, ev, LOGGER_AT_ONCE, ms);
}

int
logger_hear_some(const struct epoll_event *ev)
{
	bool hung_up = has_hung_up(ev);
	int n = 0;

	if (name_of(ev) == OTHER)
		return 0;
	while (n < LOGGER_EACH && hear(fd_of(ev), name_of(ev), hung_up))
		n++;
	return n;
}

void
logger_hear_last(int end)
{
	/* It may be another image by now, which hung up: that is the end. */
	while (hear(end, 0, true))
		;
}

void
logger_hear_left(int but)
{
	struct epoll_event ev[LOGGER_AT_ONCE];

	/* Who is ready comes in turn. */
	for (size_t turns = channels / LOGGER_AT_ONCE + 1; turns > 0; turns--) {
		int n = logger_hear_wait(ev, 0);

		for (int i = 0; i < n; i++)
			if (name_of(&ev[i]) != OTHER && fd_of(&ev[i]) != but &&
			    has_hung_up(&ev[i]))
				while (
				    hear(fd_of(&ev[i]), name_of(&ev[i]), true))
					;
	}
}

void
logger_hear_all(void)
{
	struct epoll_event ev[LOGGER_AT_ONCE];

	for (int turn = 0; turn < TURNS_MAX; turn++) {
		int n = logger_hear_wait(ev, 0), heard = 0;

		for (int i = 0; i < n; i++) {
			if (name_of(&ev[i]) == OTHER)
				continue;
			logger_hear_some(&ev[i]);
			heard++;
		}
		if (heard == 0)
			return;
	}
}
