/*
 * reap_tell.c - the lines of the log about how children end.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "master/master_inside.h"
#include "master/permit.h"
#include "system/clock.h"
#include "system/log.h"

/* Whom does it serve? */
static void
name_client(const struct child *c, char whom[ADDR_MAX_TEXT + 32])
{
	char text[ADDR_MAX_TEXT];

	snprintf(whom, ADDR_MAX_TEXT + 32, "%s%s",
	    c->state == CHILD_BUSY     ? "serving " :
		c->state == CHILD_IDLE ? "idle" :
					 "let go or from before a reload",
	    c->state == CHILD_BUSY ?
		addr_text(c->client.len > 0 ? &c->client : &c->peer, text) :
		"");
}

/* Have we killed it, at the end, when it served nobody? */
static bool
is_unneeded(const struct master *m, const struct child *c, int sig)
{
	return sig == SIGKILL && m->state != MASTER_OPEN &&
	    c->state != CHILD_BUSY;
}

static void
tell_signal(
    const struct master *m, const struct child *c, const char *whom, int sig)
{
	if (c->ended == END_FOR_ROOM)
		log_warn("child %d, %s, was asked to finish %lld s ago and is "
			 "ended: others wait",
		    (int)c->pid, whom,
		    (long long)(clock_ms() - c->told_ms) / 1000);
	else if (c->ended != END_OWN || is_unneeded(m, c, sig))
		log_debug("child %d, %s, was killed", (int)c->pid, whom);
	else if (sig == SIGALRM)
		log_warn("child %d, %s, hung and was ended by its alarm "
			 "(SIGALRM)",
		    (int)c->pid, whom);
	else if (sig == SIGXCPU)
		log_warn("child %d, %s, reached its limit on CPU time "
			 "(SIGXCPU)",
		    (int)c->pid, whom);
	else if (sig == SIGSYS)
		log_error("child %d, %s, made a forbidden system call (SIGSYS)",
		    (int)c->pid, whom);
	else if (sig == SIGKILL && m->state != MASTER_OPEN)
		log_info("child %d, %s, was cut short", (int)c->pid, whom);
	else
		log_error("child %d, %s, crashed: SIG%s", (int)c->pid, whom,
		    sigabbrev_np(sig) != NULL ? sigabbrev_np(sig) : "?");
}

void
reap_tell(const struct master *m, const struct child *c, int status)
{
	char whom[ADDR_MAX_TEXT + 32];

	name_client(c, whom);
	if (WIFSIGNALED(status))
		tell_signal(m, c, whom, WTERMSIG(status));
	else if (!permit_exit(c, WEXITSTATUS(status)))
		log_error("child %d, %s, left with code %d, which means "
			  "nothing %s",
		    (int)c->pid, whom, WEXITSTATUS(status),
		    permit_stage_word(permit_stage(c)));
	else
		log_debug("child %d, %s, ended with %d after %lld ms",
		    (int)c->pid, whom, WEXITSTATUS(status),
		    (long long)(clock_ms() - c->since_ms));
}

void
reap_late(const struct child *c)
{
	char whom[ADDR_MAX_TEXT + 32];

	name_client(c, whom);
	log_warn("child %d, %s, is past its last moment and is killed",
	    (int)c->pid, whom);
}
