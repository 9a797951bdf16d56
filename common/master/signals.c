/*
 * signals.c - signals, which are how people steer the master.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/logfile.h"

#define ECHO_MS 500 /* who asks once more by hand takes about as long */

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

/* Was it sent by a process that stands beside us, in our group? */
static bool
is_from_beside(const struct signalfd_siginfo *info)
{
	return info->ssi_pid != 0 && getpgid((pid_t)info->ssi_pid) == getpgrp();
}

/*
 * Is this the signal by which we were asked to end a moment ago, once more?
 * timeout(1) sends one to us and one to its whole group, which we are in; what
 * started us on a terminal may pass on the Ctrl-C that the kernel has sent to
 * all.  Of two from elsewhere, the second is meant.
 */
static bool
is_echo(struct master *m, const struct signalfd_siginfo *info)
{
	bool beside = is_from_beside(info);
	int64_t now = clock_ms();

	if (m->asked_ms != 0 && now - m->asked_ms < ECHO_MS &&
	    (beside || m->asked_beside))
		return true;
	m->asked_ms = now;
	m->asked_beside = beside;
	return false;
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
