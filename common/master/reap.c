/*
 * reap.c - what became of a child, and what a child says while it lives.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"

#define STILLBORN_MAX 8 /* in a row, before any has worked: give up */

/* Say how a child ended, if that is worth a line. */
static void
tell(const struct master *m, const struct child *c, int status)
{
	char whom[ADDR_MAX_TEXT + 16] = "idle", text[ADDR_MAX_TEXT];
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (c->state == CHILD_BUSY)
		snprintf(whom, sizeof(whom), "serving %s",
		    addr_text(&c->peer, text));
	else if (c->state == CHILD_NONE)
		snprintf(whom, sizeof(whom), "let go or from before a reload");
	if (sig == SIGALRM)
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
	else if (sig != 0)
		log_error("child %d, %s, crashed: SIG%s", (int)c->pid, whom,
		    sigabbrev_np(sig) != NULL ? sigabbrev_np(sig) : "?");
	else
		log_debug("child %d, %s, ended with %d after %lld ms",
		    (int)c->pid, whom, WEXITSTATUS(status),
		    (long long)(clock_ms() - c->since_ms));
}

static bool
is_crash(int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

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
count_crash(struct master *m)
{
	int64_t first = m->image_ms + RENEW_EVERY_MS;
	int64_t now = clock_ms();

	pool_scoreboard(m->pool)->crashed++;
	if (m->state == MASTER_OPEN && m->renew_at == CLOCK_NEVER)
		m->renew_at = now > first ? now : first;
}

static void
count_births(struct master *m, const struct child *c, int status)
{
	if (!WIFEXITED(status) || WEXITSTATUS(status) != CHILD_NOT_BORN) {
		m->has_worked = m->has_worked || c->state == CHILD_BUSY;
		m->stillborn = 0;
		return;
	}
	/* A machine that has worked is never given up. */
	if (++m->stillborn >= STILLBORN_MAX && !m->has_worked)
		die(EXIT_OSERR, "no child can begin: see above");
	pool_fork_failed(m->pool);
}

static enum conduct_seen
conduct_of(int status)
{
	/* To hang teaches nobody our layout, but costs as much as a crash. */
	if (is_crash(status) ||
	    (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM))
		return SEEN_CRASH;
	return WIFEXITED(status) && WEXITSTATUS(status) == CONDUCT_RUDE ?
	    SEEN_RUDE :
	    SEEN_FINE;
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

static void
child_ended(struct master *m, struct child *c, int status)
{
	bool busy = c->state == CHILD_BUSY;
	size_t listener = c->listener;

	tell(m, c, status);
	count_births(m, c, status);
	if (is_crash(status))
		count_crash(m);
	if (busy && c->peer.len > 0)
		admit_left(m->admit, &c->peer, conduct_of(status), clock_ms());
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
		tell(m, &(struct child){ .pid = pid }, status);
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

void
reap_word(struct master *m, size_t index)
{
	struct child *c = pool_child(m->pool, index);
	char word;
	ssize_t got;

	if (c->control < 0)
		return;
	got = recv(c->control, &word, 1, MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		pool_hang_up(m->pool, c); /* its death follows */
		return;
	}
	if (word == WORD_TAKEN && c->state == CHILD_BUSY && c->reading) {
		c->reading = false;
		accept_returned(m, c->listener);
	} else if (word == WORD_IDLE && c->state == CHILD_BUSY) {
		m->has_worked = true;
		if (c->peer.len > 0)
			admit_left(m->admit, &c->peer, SEEN_FINE, clock_ms());
		if (m->state != MASTER_OPEN || c->told)
			pool_hang_up(m->pool, c);
		else
			pool_give_back(m->pool, c);
		if (m->state == MASTER_OPEN)
			accept_room(m);
	} else {
		log_error("child %d talks nonsense and is ended", (int)c->pid);
		kill(c->pid, SIGKILL);
		pool_hang_up(m->pool, c);
	}
}
