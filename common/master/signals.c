/*
 * signals.c - signals, which are how people steer the master.
 */
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/logfile.h"

#define ECHO_MS 100 /* nobody asks once more by hand so soon */

int
signals_open(void)
{
	static const int steer[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1,
		SIGCHLD };
	sigset_t set;

	/* Writing to a client that is gone is an error, not a death. */
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(steer) / sizeof(steer[0]); i++)
		sigaddset(&set, steer[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
reopen_log(struct master *m)
{
	if (logfile_reopen() < 0)
		log_error("access log: cannot reopen: %m");
	else if (!logger_watch_reopen(m))
		log_info("access log reopened");
}

/* Does this process send what it is told itself to its child and, with the
 * same breath, to its whole group?  Only coreutils' timeout(1) is known to. */
static bool
is_timeout(pid_t pid)
{
	char path[32], name[16] = "";
	int fd;

	if (pid != getppid() || pid != getpgrp())
		return false;
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, name, sizeof(name) - 1) < 0)
		name[0] = '\0';
	close(fd);
	return strcmp(name, "timeout\n") == 0;
}

/*
 * Is this the signal by which we were asked to end a moment ago, once more?
 * Either timeout(1) sends it twice; or a process of our group passes on the
 * Ctrl-C that the terminal has sent to all of us.  Otherwise the second of two
 * is meant.
 */
static bool
is_echo(struct master *m, const struct signalfd_siginfo *info)
{
	pid_t first = m->asked_by, now_by = (pid_t)info->ssi_pid;
	int64_t before = m->asked_ms, now = clock_ms();

	m->asked_ms = now;
	m->asked_by = now_by;
	if (before == 0 || now - before >= ECHO_MS || now_by == 0)
		return false;
	return first == 0 ? getpgid(now_by) == getpgrp() :
			    first == now_by && is_timeout(now_by);
}

static void
obey(struct master *m, const struct signalfd_siginfo *info)
{
	switch (info->ssi_signo) {
	case SIGTERM:
	case SIGINT:
		if (is_echo(m, info))
			break;
		/* Asked twice: whoever asks does not want to wait. */
		if (m->state != MASTER_OPEN)
			drain_stop(m);
		else if (info->ssi_signo == SIGTERM)
			drain_soon(m);
		else
			drain_begin(m, "interrupted");
		break;
	case SIGQUIT:
		drain_stop(m);
		break;
	case SIGHUP:
		if (m->state == MASTER_OPEN)
			reload_begin(m);
		break;
	case SIGUSR1:
		reopen_log(m);
		break;
	case SIGCHLD:
		reap_all(m);
		break;
	}
}

void
signals_take(struct master *m)
{
	struct signalfd_siginfo info;

	/* One by one: obeying may exec, and what is not read stays pending. */
	while (read(m->signals, &info, sizeof(info)) == sizeof(info))
		obey(m, &info);
}
