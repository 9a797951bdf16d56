/*
 * lives.c - one life of the indexer after the other.
 *
 * Its sandbox leaves it the Maildir that it has opened and the directory of the
 * index in it, and no others, for ever.  When one of them is removed or moved
 * away, somebody outside has to begin anew: this process, which does nothing
 * else, and is asked to end in the other one's place.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "indexer/indexer.h"
#include "system/log.h"

#define AGAIN_MS 200 /* until a Maildir that is gone is looked for again */

static volatile sig_atomic_t asked_to_end;

static void
on_signal(int sig)
{
	(void)sig;
	asked_to_end = 1;
}

/* They come only while we wait for one of them. */
static void
listen_to_signals(sigset_t *before)
{
	struct sigaction end_it = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, before);
	sigaction(SIGTERM, &end_it, NULL);
	sigaction(SIGINT, &end_it, NULL);
	signal(SIGCHLD, SIG_DFL);
}

/* Wait for a signal: 0 after ms without one (negative: no end). */
static int
wait_signal(int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sig = ms < 0 ? sigwaitinfo(&set, NULL) : sigtimedwait(&set, NULL, &t);
	if (sig == SIGTERM || sig == SIGINT)
		asked_to_end = 1;
	return sig;
}

static _Noreturn void
live(const struct indexer_options *o, const sigset_t *before, pid_t parent)
{
	sigset_t held = *before;
	int status;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(0);
	/* The order to end may be here already, and is work.c's to hear: here
	 * nobody would. */
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGINT);
	sigprocmask(SIG_SETMASK, &held, NULL);
	log_pid();
	status = indexer_work(o);
	fflush(NULL);
	/* No exit(3): a sanitizer's search for leaks needs what is given up. */
	_exit(status);
}

/* Its exit code. */
static int
wait_for_end(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		wait_signal(-1);
		if (asked_to_end)
			kill(pid, SIGTERM);
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	log_error("%s", strsignal(WTERMSIG(status)));
	return EXIT_SOFTWARE;
}

/* Is the Maildir that we were given still the one that has its name?  When
 * its name leads where we may not look, then until it is removed. */
static bool
is_the_same(const struct indexer_options *o)
{
	struct stat ours, there;

	if (fstat(o->fd, &ours) < 0 || ours.st_nlink == 0)
		return false;
	if (stat(o->path, &there) < 0)
		return errno != ENOENT && errno != ENOTDIR;
	return ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

static bool
is_there(const struct indexer_options *o)
{
	struct stat st;

	return stat(o->path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void
wait_for_maildir(const struct indexer_options *o)
{
	if (is_there(o))
		return;
	log_warn("%s is gone; waiting for it", o->path);
	while (!asked_to_end && !is_there(o))
		wait_signal(AGAIN_MS);
	if (!asked_to_end)
		log_info("%s is there again", o->path);
}

int
indexer_live(const struct indexer_options *options)
{
	struct indexer_options o = *options;
	pid_t self = getpid(), pid;
	sigset_t before;
	int code;

	listen_to_signals(&before);
	for (;;) {
		pid = fork();
		if (pid == 0)
			live(&o, &before, self);
		if (pid < 0)
			die(EXIT_OSERR, "fork: %s", strerror(errno));
		if (o.notify >= 0) /* the first life tells */
			close(o.notify);
		o.notify = -1;
		code = wait_for_end(pid);
		if (code != INDEXER_ANEW || asked_to_end)
			return code == INDEXER_ANEW ? 0 : code;
		if (o.fd >= 0 && !is_the_same(&o))
			return INDEXER_ANEW;
		if (o.fd < 0)
			wait_for_maildir(&o);
		if (asked_to_end)
			return 0;
		o.again = true;
	}
}
