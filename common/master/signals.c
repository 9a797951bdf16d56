/*
 * signals.c - signals, which are how people steer the master.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/log.h"
#include "system/logfile.h"

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

static void
obey(struct master *m, int sig)
{
	switch (sig) {
	case SIGTERM:
	case SIGINT:
		/* Asked twice: whoever asks does not want to wait. */
		if (m->state != MASTER_OPEN)
			drain_stop(m);
		else if (sig == SIGTERM)
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
		obey(m, (int)info.ssi_signo);
}
