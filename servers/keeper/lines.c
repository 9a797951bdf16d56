/*
 * lines.c - all sockets, and the loop.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keeper/keeper.h"
#include "system/clock.h"
#include "system/fdpass.h"
#include "system/log.h"

#define LINES_MAX      32768 /* as many children as there may be */
#define EVENTS_AT_ONCE 64
#define LAST_MS        60000 /* for those who still have a question */
#define CONTROL        LINES_MAX

static struct keeper_line lines[LINES_MAX];
static size_t line_count, first_free;
static int epoll_fd;
static volatile sig_atomic_t told; /* to end */

static void
note_end(int sig)
{
	(void)sig;
	told = 1;
}

static int
watch(int fd, uint64_t tag)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = tag };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

static void
close_line(struct keeper_line *l)
{
	size_t i = (size_t)(l - lines);

	close(l->fd);
	*l = (struct keeper_line){ .fd = -1 };
	line_count--;
	if (i < first_free)
		first_free = i;
}

static void
open_line(int fd, const uint8_t source[KEEPER_SOURCE])
{
	size_t i = first_free;

	while (i < LINES_MAX && lines[i].fd >= 0)
		i++;
	first_free = i;
	if (i == LINES_MAX || watch(fd, i) < 0) {
		log_warn("no room for one more connection");
		close(fd);
		return;
	}
	lines[i] = (struct keeper_line){ .fd = fd };
	memcpy(lines[i].source, source, KEEPER_SOURCE);
	line_count++;
}

/* The master gives a socket of somebody.  Returns false when it is gone. */
static bool
hear_master(int control)
{
	uint8_t source[KEEPER_SOURCE];
	int fd, got = fdpass_receive(control, source, sizeof(source), &fd);

	if (got > 0 && fd >= 0)
		open_line(fd, source);
	/* Without a descriptor to spare, this one client has no luck. */
	return got != 0;
}

static void
hear_line(struct keeper_line *l)
{
	static struct keeper_ask ask;
	static struct keeper_answer answer;
	ssize_t got = recv(l->fd, &ask, sizeof(ask), MSG_DONTWAIT | MSG_TRUNC);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	memset(&answer, 0, sizeof(answer));
	if (got == (ssize_t)sizeof(ask) &&
	    keeper_line_answer(l, &ask, &answer, clock_ms()) &&
	    (ask.kind == KEEPER_KEEP ||
		send(l->fd, &answer, sizeof(answer),
		    MSG_DONTWAIT | MSG_NOSIGNAL) > 0))
		return;
	if (got != 0)
		log_warn("a connection asked what it may not");
	close_line(l);
}

/* Have all answered who are there.  Returns false when nobody is. */
static bool
turn(int control, bool *open, int64_t deadline)
{
	struct epoll_event ev[EVENTS_AT_ONCE];
	int n =
	    epoll_wait(epoll_fd, ev, EVENTS_AT_ONCE, clock_left_ms(deadline));

	for (int i = 0; i < n; i++) {
		if (ev[i].data.u64 != CONTROL) {
			hear_line(&lines[ev[i].data.u64]);
		} else if (!hear_master(control)) {
			epoll_ctl(epoll_fd, EPOLL_CTL_DEL, control, NULL);
			*open = false;
		}
	}
	return n > 0 || (n < 0 && errno == EINTR);
}

int
keeper_serve(int control)
{
	struct sigaction end = { .sa_handler = note_end };
	bool open = true;
	int64_t last = CLOCK_NEVER;

	for (size_t i = 0; i < LINES_MAX; i++)
		lines[i].fd = -1;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	sigaction(SIGTERM, &end, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (epoll_fd < 0 || watch(control, CONTROL) < 0 || keeper_confine() < 0)
		die(EXIT_OSERR, "the key keeper cannot begin: %s",
		    strerror(errno));
	for (;;) {
		bool leaving = !open || told != 0;

		if (leaving && last == CLOCK_NEVER)
			last = clock_ms() + LAST_MS;
		/* What is on its way is seen before we go. */
		if (!turn(control, &open,
			leaving && line_count == 0 ? 0 : last) &&
		    leaving)
			return 0;
	}
}
