/*
 * orders.c - signals, which are how people steer the master.
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
orders_open(void)
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
orders_drain(struct house *h, const char *why)
{
	int64_t grace_ms = h->plan->server->options.grace_ms;

	if (h->state != HOUSE_OPEN)
		return;
	notify_say("STOPPING=1");
	h->state = HOUSE_DRAINING;
	door_close(h);
	h->drain_until = clock_ms() + grace_ms;
	h->remind_at = clock_ms() + REMIND_MS;
	log_info("%s: draining, %zu at work", why, pool_busy(h->pool));
	pool_signal_busy(h->pool, SIGTERM);
	reload_give_up(h);
	pool_dismiss_idle(h->pool);
	zygote_watch_close(h);
}

void
orders_stop(struct house *h)
{
	size_t busy = pool_busy(h->pool);

	if (h->state == HOUSE_STOPPING)
		return;
	if (h->state == HOUSE_OPEN) {
		notify_say("STOPPING=1");
		listeners_close(h->plan->listeners);
	}
	if (busy > 0)
		log_info("stopping: %zu connections are cut short", busy);
	h->state = HOUSE_STOPPING;
	pool_signal_all(h->pool, SIGKILL);
	zygote_watch_kill(h);
	reload_give_up(h);
}

/* New children carry the new file; the idle ones do not have it. */
static void
reopen_log(struct house *h)
{
	if (logfile_reopen() < 0)
		log_error("access log: cannot reopen: %m");
	else
		log_info("access log reopened");
	pool_change_log(h->pool);
	pool_dismiss_idle(h->pool);
}

static void
obey(struct house *h, int sig)
{
	switch (sig) {
	case SIGTERM:
	case SIGINT:
		/* Asked twice: whoever asks does not want to wait. */
		if (h->state == HOUSE_OPEN)
			orders_drain(
			    h, sig == SIGINT ? "interrupted" : "asked to end");
		else
			orders_stop(h);
		break;
	case SIGQUIT:
		orders_stop(h);
		break;
	case SIGHUP:
		if (h->state == HOUSE_OPEN)
			reload_begin(h);
		break;
	case SIGUSR1:
		reopen_log(h);
		break;
	case SIGCHLD:
		reap_all(h);
		break;
	}
}

void
orders_take(struct house *h)
{
	struct signalfd_siginfo info;

	/* One by one: obeying may exec, and what is not read stays pending. */
	while (read(h->signals, &info, sizeof(info)) == sizeof(info))
		obey(h, (int)info.ssi_signo);
}
