/*
 * signals.c - signals, which are how people steer the master.
 */
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
#include "system/notify.h"

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

void
signals_drain(struct master *m, const char *why)
{
	int64_t grace_ms = m->plan->server->options.grace_ms;

	if (m->state != MASTER_OPEN)
		return;
	notify_say("STOPPING=1");
	m->state = MASTER_DRAINING;
	accept_close(m);
	m->drain_until = clock_ms() + grace_ms;
	m->remind_at = clock_ms() + REMIND_MS;
	log_info("%s: draining, %zu at work", why, pool_busy(m->pool));
	pool_signal_busy(m->pool, SIGTERM);
	reload_give_up(m);
	pool_dismiss_idle(m->pool);
	zygote_watch_close(m);
}

void
signals_stop(struct master *m)
{
	size_t busy = pool_busy(m->pool);

	if (m->state == MASTER_STOPPING)
		return;
	if (m->state == MASTER_OPEN) {
		notify_say("STOPPING=1");
		listeners_close(m->plan->listeners);
	}
	if (busy > 0)
		log_info("stopping: %zu connections are cut short", busy);
	m->state = MASTER_STOPPING;
	pool_signal_all(m->pool, SIGKILL);
	zygote_watch_kill(m);
	reload_give_up(m);
}

/* New children carry the new file; the idle ones do not have it. */
static void
reopen_log(struct master *m)
{
	if (logfile_reopen() < 0)
		log_error("access log: cannot reopen: %m");
	else
		log_info("access log reopened");
	pool_change_log(m->pool);
	pool_dismiss_idle(m->pool);
}

static void
obey(struct master *m, int sig)
{
	switch (sig) {
	case SIGTERM:
	case SIGINT:
		/* Asked twice: whoever asks does not want to wait. */
		if (m->state == MASTER_OPEN)
			signals_drain(
			    m, sig == SIGINT ? "interrupted" : "asked to end");
		else
			signals_stop(m);
		break;
	case SIGQUIT:
		signals_stop(m);
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
