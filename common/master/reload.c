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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes/num.h"
#include "child/logger.h"
#include "service/scoreboard.h"
#include "master/reload_state.h"
#include "master/master_inside.h"
#include "system/clock.h"
#include "system/io.h"
#include "system/log.h"
#include "system/notify.h"
#include "system/image.h"

#define TRIAL_MS 10000 /* a new image that takes longer is not taken */

static _Noreturn void
try_options(const struct master_plan *plan, int channel)
{
	if (logger_speak(channel) == 0 && setenv(IMAGE_TRY, "1", 1) == 0)
		execv(plan->path, plan->argv);
	log_error("%s: %s", plan->path, strerror(errno));
	_exit(EXIT_OSERR);
}

/*
 * Whom the reload state does not know: idle children that are about to go, and
 * all of them when it could not be read.
 */
static void
adopt_others(struct master *m, int64_t last_ms)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	int64_t now = clock_ms();
	struct child c = {
		.log = -1, .conn = -1, .since_ms = now, .end_at = now + last_ms
	};

	if (f == NULL)
		return; /* they end by their own deadlines */
	while (fscanf(f, "%d", &c.pid) == 1)
		if (c.pid > 0 && !helpers_know(m, c.pid))
			pool_adopt(m->pool, &c);
	fclose(f);
}

void
reload_adopt(struct master *m)
{
	if (reload_state_take(m, m->plan->reload_state) == 0) {
		adopt_others(m, POOL_LEAVE_MS);
		return;
	}
	log_warn("reload: what the earlier image knew of its clients is not "
		 "to be understood");
	adopt_others(m, POOL_LIFE_MS);
}

void
reload_begin(struct master *m)
{
	struct helper *h = &m->helpers[HELPER_CHECKER];

	if (m->leave_at != CLOCK_NEVER) {
		log_info("no reload: the server is about to end");
		return;
	}
	m->asked_again = h->pid != 0;
	if (h->pid == 0)
		h->start_at = clock_ms();
}

void
reload_check(struct master *m, struct helper *h)
{
	int channel = helpers_channel(m, h);

	h->pid = fork();
	if (h->pid == 0)
		try_options(m->plan, channel);
	if (channel >= 0)
		close(channel);
	h->kill_at = h->since_ms + TRIAL_MS;
	if (h->pid < 0) {
		log_error("no reload: fork: %s", strerror(errno));
		h->pid = 0;
	}
}

static bool
is_good(const struct helper *h, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status))
		log_error("no reload: the new image does not accept the "
			  "options (see above); the old one goes on");
	else if (h->killed)
		log_error("no reload: the new image was not ready after %d s; "
			  "the old one goes on",
		    TRIAL_MS / 1000);
	else
		log_error("no reload: the new image died of SIG%s; the old "
			  "one goes on",
		    sigabbrev_np(WTERMSIG(status)));
	return false;
}

static void
say_reloading(void)
{
	char state[80];

	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_us());
	notify_say(state);
}

/* Become the next image.  Returns only when that fails, with errno. */
static void
become(const struct master *m, int reload_state)
{
	const struct master_plan *plan = m->plan;
	int more[IMAGE_RELOAD_FDS] = { reload_state, scoreboard_tally_fd() },
	    saved;
	char number[NUM_MAX_TEXT];
	struct io_row row;

	num_text(IMAGE_LISTEN_FD + plan->listeners->n, number);
	if (listeners_bequeath(plan->listeners, plan->server, more,
		IMAGE_RELOAD_FDS, &row) < 0)
		return;
	if (setenv(IMAGE_RELOAD, number, 1) == 0)
		execv(plan->path, plan->argv);
	saved = errno;
	unsetenv(IMAGE_RELOAD);
	listeners_take_back(&row);
	errno = saved;
}

/* Not before: who comes back at once would meet a child like the last. */
static void
ask_stale(struct master *m)
{
	for (size_t i = 0; i < SERVICE_MAX; i++) {
		if (m->stale[i])
			pool_ask_service(m->pool, i);
		m->stale[i] = false;
	}
}

void
reload_decide(struct master *m, struct helper *h, int status)
{
	int reload_state;

	if (m->state != MASTER_OPEN || m->leave_at != CLOCK_NEVER)
		return;
	if (!is_good(h, status)) {
		/* What was wrong may have been mended meanwhile. */
		if (m->asked_again)
			reload_begin(m);
		return;
	}
	say_reloading();
	log_info("reloading");
	ask_stale(m);
	reload_state = reload_state_leave(m);
	if (reload_state >= 0) {
		helpers_reload(m);
		overload_tell_rest(m);
		become(m, reload_state);
	}
	log_error("no reload: %s: %s; the old image goes on", m->plan->path,
	    strerror(errno));
	reload_state_take_back();
	if (reload_state >= 0)
		close(reload_state);
	notify_say("READY=1");
}
