/*
 * reap.c - what became of a child.  What it says while it lives is heard in
 * reap_words.c.
 */
#include <errno.h>
#include <sys/wait.h>

#include "master/master_inside.h"
#include "master/permit.h"
#include "system/clock.h"
#include "system/log.h"

#define STILLBORN_MAX 8 /* in a row, before any has worked: give up */

/* Has it done what no child of ours does? */
static bool
is_crash(const struct child *c, int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	/* However it ends: it may be quicker than the signal. */
	if (c->ended == END_LIED)
		return true;
	if (sig == 0)
		return !permit_exit(c, WEXITSTATUS(status));
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGABRT ||
	    sig == SIGILL || sig == SIGFPE || sig == SIGSYS || sig == SIGTRAP ||
	    sig == SIGXCPU;
}

/*
 * Whoever made a child crash may have learned something of its memory, which
 * all children of this image share the layout of.  So the image is renewed
 * soon, at a pace that no client can drive.
 */
static void
renew_soon(struct master *m)
{
	master_renew_soon(m, clock_ms());
}

/*
 * That children cannot even begin shows in those that were handed nothing: no
 * client has had a word with them.
 */
static void
count_births(struct master *m, const struct child *c, int status)
{
	if (permit_stage(c) != STAGE_FRESH || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != CHILD_NOT_BORN) {
		m->has_worked = m->has_worked || c->state == CHILD_BUSY;
		m->stillborn = 0;
		return;
	}
	/* A server that has worked is never given up. */
	if (++m->stillborn >= STILLBORN_MAX && !m->has_worked)
		die(EXIT_OSERR, "no child can begin: see above");
	pool_fork_failed(m->pool);
}

static enum conduct_seen
conduct_of(const struct child *c, int status)
{
	/* To hang teaches nobody our layout, but costs as much as a crash. */
	if (is_crash(c, status) || c->ended == END_OVERDUE ||
	    (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM))
		return SEEN_CRASH;
	if (!WIFEXITED(status))
		return SEEN_FINE;
	return WEXITSTATUS(status) == CONDUCT_RUDE ? SEEN_RUDE :
	    WEXITSTATUS(status) == CONDUCT_WRONG   ? SEEN_WRONG :
						     SEEN_FINE;
}

/* As it is counted. */
static enum scoreboard_end
end_of(const struct child *c, int status)
{
	if (is_crash(c, status))
		return ENDED_CRASHED;
	if (!WIFEXITED(status))
		return ENDED_KILLED;
	switch (WEXITSTATUS(status)) {
	case CONDUCT_RUDE:
		return ENDED_RUDE;
	case CONDUCT_SLOW:
		return ENDED_SLOW;
	case CONDUCT_GONE:
		return ENDED_GONE;
	case CONDUCT_WRONG:
		return ENDED_WRONG;
	case CONDUCT_STALE:
		return ENDED_STALE;
	default:
		return ENDED_FINE;
	}
}

void
reap_count(struct master *m, const struct child *c, enum scoreboard_end how)
{
	pool_scoreboard(m->pool)->counts.service[c->service].ended[how]++;
}

/* The zygote forks in the order of orders. */
static uint64_t
births_known(const struct master *m)
{
	return pool_ordered(m->pool) - pool_coming(m->pool);
}

/*
 * Nobody knows this process.  It may be a child that has ended before the news
 * of its birth was read: then it is kept until the births that are awaited now
 * are known.
 */
static bool
keep_unknown(struct master *m, pid_t pid, int status)
{
	if (pool_coming(m->pool) == 0 || m->unknown_count == MASTER_UNKNOWN)
		return false;
	m->unknown[m->unknown_count++] =
	    (struct unknown){ pid, status, pool_ordered(m->pool) };
	return true;
}

/*
 * Has it left its connection to us?  The process is no more, so nobody but us
 * has it.
 */
static bool
has_left(const struct child *c, int status)
{
	return c->ended == END_OWN && WIFEXITED(status) &&
	    WEXITSTATUS(status) == CONDUCT_RESTS &&
	    permit_exit(c, CONDUCT_RESTS);
}

static void
child_ended(struct master *m, struct child *c, int status)
{
	bool busy = c->state == CHILD_BUSY, rests = has_left(c, status);
	size_t listener = c->listener;

	reap_tell(m, c, status);
	count_births(m, c, status);
	if (is_crash(c, status)) {
		pool_scoreboard(m->pool)->crashed++;
		renew_soon(m);
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == CONDUCT_STALE) {
		renew_soon(m);
	}
	if (busy && !rests)
		reap_count(m, c, end_of(c, status));
	if (rests)
		rest_watch_take(m, c);
	else if (busy && c->client.len > 0)
		admit_left(
		    m->admit, &c->client, conduct_of(c, status), clock_ms());
	pool_forget(m->pool, c);
	if (busy && m->state == MASTER_OPEN &&
	    m->plan->listeners->at[listener].lent &&
	    !pool_has_reader(m->pool, listener))
		accept_returned(m, listener);
}

/* It was one of ours, or it is a stranger. */
static void
settle(struct master *m, pid_t pid, int status)
{
	struct child *c = pool_find(m->pool, pid);

	if (c != NULL)
		child_ended(m, c, status);
	else if (!helpers_ended(m, pid, status))
		/* It served its last client across a reload. */
		reap_tell(m,
		    &(struct child){
			.pid = pid, .conn = -1, .since_ms = clock_ms() },
		    status);
}

static void
ended(struct master *m, pid_t pid, int status)
{
	if (pool_find(m->pool, pid) != NULL || helpers_know(m, pid) ||
	    !keep_unknown(m, pid, status))
		settle(m, pid, status);
}

void
reap_again(struct master *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->unknown_count; i++) {
		struct unknown u = m->unknown[i];

		if (births_known(m) < u.until &&
		    pool_find(m->pool, u.pid) == NULL)
			m->unknown[kept++] = u;
		else
			settle(m, u.pid, u.status);
	}
	m->unknown_count = kept;
}

bool
reap_all(struct master *m)
{
	bool some = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		ended(m, pid, status);
		some = true;
	}
	if (some && m->state == MASTER_OPEN)
		accept_room(m);
	return pid == 0; /* else ECHILD: nobody is left */
}
