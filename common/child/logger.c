/*
 * logger.c - the master's side of the logger, and a child's.
 */
#include "child/logger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child/logger_life.h"
#include "system/fdpass.h"
#include "system/log.h"
#include "system/logfile.h"
#include "system/stack.h"

void
logger_init(struct logger *l)
{
	*l = (struct logger){ .control = -1, .own = -1, .own_end = -1 };
}

int
logger_channel(int ends[2])
{
	static const int on = 1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		0, ends) < 0)
		return -1;
	if (setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0)
		return 0;
	close(ends[0]);
	close(ends[1]);
	return -1;
}

/*
 * This process ends without having drained, for a fault that it has just told:
 * the logger is told to write what there is, and it is waited for a moment.
 */
static struct logger *of_this_process;
static pid_t this_process;

static void
wait_for_last_words(void)
{
	struct logger *l = of_this_process;
	struct pollfd end = { .fd = -1, .events = POLLIN };

	if (l == NULL || getpid() != this_process || l->control < 0)
		return;
	logger_leave(l);
	end.fd = (int)syscall(SYS_pidfd_open, l->pid, 0);
	if (end.fd >= 0)
		poll(&end, 1, LOGGER_LEAVE_MS);
}

static void
remember(struct logger *l)
{
	if (of_this_process == NULL)
		atexit(wait_for_last_words);
	of_this_process = l;
	this_process = getpid();
}

int
logger_start(struct logger *l, const struct logger_start *s)
{
	int ends[2], own[2];

	if (l->own < 0) {
		if (logger_channel(own) < 0)
			return -1;
		l->own_end = own[0];
		l->own = own[1];
	}
	if (fdpass_pair(ends) < 0)
		return -1;
	stack_forget();
	l->pid = fork();
	if (l->pid == 0)
		logger_live(l, s, ends[1], logfile_fd());
	close(ends[1]);
	if (l->pid < 0) {
		l->pid = 0;
		close(ends[0]);
		return -1;
	}
	l->control = ends[0];
	l->behind = false;
	while (l->orphans > 0)
		close(l->orphan[--l->orphans]);
	log_channel(l->own);
	remember(l);
	return 0;
}

/* What we said and nobody has read. */
static void
take_back(struct logger *l)
{
	char words[LOG_MAX_LINE];
	ssize_t n;

	while (l->own_end >= 0 &&
	    (n = recv(l->own_end, words, sizeof(words), MSG_DONTWAIT)) > 0)
		log_again(words, (size_t)n);
}

void
logger_ended(struct logger *l)
{
	if (l->control >= 0)
		close(l->control);
	l->control = -1;
	l->pid = 0;
	log_channel(-1);
	log_never_wait();
	take_back(l);
}

static bool
order_all(struct logger *l, enum logger_word word, const char *name,
    const int *fds, size_t count)
{
	struct logger_order o = { .word = (uint32_t)word };

	if (l->control < 0)
		return true;
	if (name != NULL)
		snprintf(o.name, sizeof(o.name), "%s", name);
	return fdpass_send_fds(l->control, &o, sizeof(o), fds, count) == 0;
}

static bool
order(struct logger *l, enum logger_word word, const char *name, int fd)
{
	return order_all(l, word, name, &fd, fd >= 0);
}

bool
logger_list(struct logger *l, int end, const char *name)
{
	bool done = order(l, LOGGER_CHANNEL, name, end);

	l->behind = l->behind || !done;
	return done;
}

bool
logger_list_all(struct logger *l, const int *ends, size_t count)
{
	bool done = order_all(l, LOGGER_CHANNEL, NULL, ends, count);

	l->behind = l->behind || !done;
	return done;
}

void
logger_forget(struct logger *l, int end)
{
	if (end < 0)
		return;
	if (l->control < 0 && l->own >= 0 && l->orphans < LOGGER_ORPHANS)
		l->orphan[l->orphans++] = end;
	else
		close(end);
}

bool
logger_change(struct logger *l, int log)
{
	return order(l, LOGGER_FILE, NULL, log);
}

void
logger_leave(struct logger *l)
{
	order(l, LOGGER_LEAVE, NULL, -1);
}

void
logger_finish(struct logger *l)
{
	log_channel(-1);
	log_never_wait();
	if (l->own >= 0)
		close(l->own);
	l->own = -1;
	while (l->orphans > 0)
		close(l->orphan[--l->orphans]);
	if (l->control >= 0)
		close(l->control);
	l->control = -1;
}

int
logger_speak(int channel)
{
	if (channel < 0)
		return 0; /* there is no logger: under inetd */
	if (channel != STDERR_FILENO && dup2(channel, STDERR_FILENO) < 0)
		return -1;
	log_channel(STDERR_FILENO);
	log_patience(LOGGER_PATIENCE_MS);
	logfile_leave();
	return 0;
}
