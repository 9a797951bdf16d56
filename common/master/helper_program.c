/*
 * helper_program.c - helpers that are programs of their own.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child/logger.h"
#include "master/helpers.h"
#include "master/master_inside.h"
#include "sandbox/sandbox.h"
#include "system/beside.h"
#include "system/clock.h"
#include "system/image.h"
#include "system/log.h"
#include "system/oom.h"

#define PAUSE_MS     1000  /* before the next start, doubled ... */
#define PAUSE_MAX_MS 30000 /* ... up to this */
#define LONG_MS      60000 /* who ran so long is forgiven */
#define NOT_STARTED  127   /* exit code, as the shell's */

/*
 * The master's signals are blocked, and a terminal's would end a helper before
 * the master has asked it to.
 */
static void
calm_signals(void)
{
	static const int ours[] = { SIGINT, SIGQUIT, SIGHUP };
	sigset_t none;

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		signal(ours[i], SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing to read, its words go to the logger, and nothing else is open but
 * what it is given. */
static int
keep_nothing(const struct helper_offer *o, int channel)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    logger_speak(channel) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return -1;
	unsetenv("NOTIFY_SOCKET");
	unsetenv(IMAGE_OURS);
	unsetenv(IMAGE_BESIDE);
	if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return -1;
	if (o->fd == NULL || *o->fd < 0)
		return 0;
	if (*o->fd == IMAGE_HELPER_FD ? fcntl(IMAGE_HELPER_FD, F_SETFD, 0) < 0 :
					dup2(*o->fd, IMAGE_HELPER_FD) < 0)
		return -1;
	/* These have high numbers. */
	for (size_t i = 0; i < o->more_count; i++)
		if (dup2(o->more[i], IMAGE_HELPER_FD + 1 + (int)i) < 0)
			return -1;
	return 0;
}

/* A bare name is a program that was installed beside ours. */
static const char *
find(const struct master_plan *plan, const char *name)
{
	static char path[PATH_MAX];
	const char *slash = strrchr(plan->path, '/');
	int n;

	if (strchr(name, '/') != NULL || slash == NULL)
		return name;
	n = snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - plan->path),
	    plan->path, name);
	return n > 0 && (size_t)n < sizeof(path) ? path : name;
}

/*
 * Opened before we are another user, who may be unable to find it: a build
 * below root's home.
 */
static int
open_program(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC), high;

	if (fd < 0)
		return -1;
	high = fcntl(fd, F_DUPFD_CLOEXEC, IMAGE_HIGH_FD);
	close(fd);
	return high;
}

static _Noreturn void
become(
    const struct master_plan *plan, const struct helper_offer *o, int channel)
{
	const char *path = find(plan, o->argv[0]);
	int program = open_program(path), folder = beside_open(path);

	calm_signals();
	oom_volunteer();
	if (program >= 0 && keep_nothing(o, channel) == 0 &&
	    sandbox_become_user(plan->setup.sandbox, plan->setup.master) == 0) {
		execv(path, (char *const *)o->argv);
		if (errno == EACCES && folder >= 0 && beside_leave(folder) == 0)
			fexecve(program, (char *const *)o->argv, environ);
	}
	log_error("%s: %s: %s", o->name, path, strerror(errno));
	_exit(NOT_STARTED);
}

static void
again_later(struct helper *h)
{
	int64_t now = clock_ms();

	if (h->pause_ms == 0 || now - h->since_ms >= LONG_MS)
		h->pause_ms = PAUSE_MS;
	else if (h->pause_ms < PAUSE_MAX_MS)
		h->pause_ms *= 2;
	if (h->pause_ms > PAUSE_MAX_MS)
		h->pause_ms = PAUSE_MAX_MS;
	h->start_at = now + h->pause_ms;
}

void
helper_program_start(struct master *m, struct helper *h)
{
	int channel = helpers_channel(m, h);
	pid_t pid = channel < 0 ? -1 : fork();

	if (pid == 0)
		become(m->plan, h->offer, channel);
	if (channel >= 0)
		close(channel);
	if (pid < 0) {
		again_later(h);
		log_warn("%s: fork: %s; trying again in %lld s", h->offer->name,
		    strerror(errno), (long long)h->pause_ms / 1000);
		return;
	}
	h->pid = pid;
	log_debug("%s: started as process %d", h->offer->name, (int)pid);
}

void
helper_program_ended(struct master *m, struct helper *h, int status)
{
	bool signaled = WIFSIGNALED(status);
	int code = signaled ? WTERMSIG(status) : WEXITSTATUS(status);

	if (m->state != MASTER_OPEN) {
		log_debug("%s ended", h->offer->name);
	} else if (h->leaving) {
		h->start_at = 0; /* it makes room for the new one */
	} else if (status == 0 && h->offer->restart == HELPER_ON_FAILURE) {
		log_info("%s has finished", h->offer->name);
	} else if (!signaled && code == CONDUCT_STALE) {
		/* What it was given is there no more: it, too, is opened
		 * anew. */
		again_later(h);
		log_info("%s: what it works on was replaced", h->offer->name);
		m->renew_at = clock_ms();
	} else {
		again_later(h);
		log_warn("%s ended (%s %d); started again in %lld s",
		    h->offer->name, signaled ? "signal" : "code", code,
		    (long long)h->pause_ms / 1000);
	}
}

void
helper_program_tell(struct master *m, struct helper *h)
{
	(void)m;
	kill(h->pid, SIGTERM);
}
