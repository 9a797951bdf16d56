/*
 * reload.c - HUP: the master execs itself, passing its listeners on.
 *
 * The same path serves an upgrade (the program's file may be a new one) and
 * a reload (files named by the options are read again).  The new image is
 * first tried in a process of its own, so that a broken one changes nothing.
 * Children at work stay children of the same process; idle ones see their
 * control socket close and go.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes/num.h"
#include "service/house.h"
#include "service/reload.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/notify.h"

static _Noreturn void
try_options(const struct master_plan *plan)
{
	if (setenv(RELOAD_TRY_ENV, "1", 1) == 0)
		execv(plan->path, plan->argv);
	log_error("%s: %s", plan->path, strerror(errno));
	_exit(EXIT_OSERR);
}

void
reload_adopt(struct house *h)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	int pid;

	if (f == NULL)
		return; /* they end by their own deadlines */
	while (fscanf(f, "%d", &pid) == 1)
		if (pid > 0 && pid != h->plan->old_nursery)
			pool_adopt(h->pool, pid);
	fclose(f);
}

/* Tell the next image that it is one, and who serves nobody. */
static int
leave_word(const struct house *h)
{
	char nursery[NUM_MAX_TEXT];

	num_text((uint64_t)h->nursery, nursery);
	return setenv(RELOAD_ENV, nursery, 1);
}

void
reload_begin(struct house *h)
{
	if (h->checker != 0)
		return;
	h->checker = fork();
	if (h->checker == 0)
		try_options(h->plan);
	if (h->checker < 0) {
		log_error("no reload: fork: %s", strerror(errno));
		h->checker = 0;
	}
}

void
reload_give_up(struct house *h)
{
	if (h->checker > 0)
		kill(h->checker, SIGKILL);
}

void
reload_decide(struct house *h, int status)
{
	const struct master_plan *plan = h->plan;
	char state[80];

	if (h->state != HOUSE_OPEN)
		return;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		log_error("no reload: the new image does not accept the "
			  "options (see above); the old one goes on");
		return;
	}
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_us());
	notify_say(state);
	log_info("reloading");
	if (listeners_bequeath(plan->listeners, plan->server) == 0 &&
	    leave_word(h) == 0)
		execv(plan->path, plan->argv);
	die(EXIT_OSERR, "reload: %s: %s", plan->path, strerror(errno));
}
