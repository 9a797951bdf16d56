/*
 * logger_leave.c - a logger that is to leave for another (a reload), and has not
 * been on the processor for a while.
 */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "child/logger.h"
#include "rig/look.h"
#include "rig/wait.h"
#include "sandbox/sandbox.h"

static void
nobody(void *context, void (*add)(int end, const char *name))
{
	(void)context;
	(void)add;
}

/* Start one that writes to a pipe.  Returns the other end of that. */
static int
start(struct logger *l)
{
	const struct sandbox_wish wish = { .bare = true };
	struct logger_start how = { .program = "test", .each = nobody };
	int ends[2], own = dup(STDERR_FILENO);
	const char *why;

	how.sandbox = sandbox_plan_new(&wish, &why);
	cr_assert_not_null(how.sandbox, "%s", why);
	cr_assert(own >= 0 && pipe(ends) == 0);
	dup2(ends[1], STDERR_FILENO);
	logger_init(l);
	cr_assert_eq(logger_start(l, &how), 0);
	dup2(own, STDERR_FILENO);
	close(own);
	close(ends[1]);
	return ends[0];
}

/* Read until this stands there, or until the end. */
static bool
comes(int fd, struct buf *all, const char *words)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	char some[512];
	ssize_t n;

	while (strstr(buf_str(all), words) == NULL) {
		if (poll(&in, 1, (int)rig_patience_ms()) <= 0)
			return false;
		n = read(fd, some, sizeof(some));
		if (n <= 0)
			return false;
		buf_add(all, some, (size_t)n);
	}
	return true;
}

static void
say(int channel, const char *words)
{
	cr_assert_eq(send(channel, words, strlen(words), MSG_NOSIGNAL),
	    (ssize_t)strlen(words));
}

static bool
has_stopped(void *pid)
{
	return rig_state(*(pid_t *)pid) == 'T';
}

/*
 * Those who go on speak to the next one.  Who has gone meanwhile, as the check
 * of a reload has, is known to this one alone, which left without a look.
 */
Test(logger_leave, who_has_gone_is_heard)
{
	struct logger l;
	int channel[2], log = start(&l);
	pid_t pid = l.pid;
	struct buf all;

	buf_init(&all, 65536);
	cr_assert_eq(logger_channel(channel), 0);
	cr_assert(logger_list(&l, channel[0], "check"));
	say(channel[1], "one");
	cr_assert(comes(log, &all, "check: one\n"), "%s", buf_str(&all));
	cr_assert_eq(kill(pid, SIGSTOP), 0);
	cr_assert(rig_until("it has stopped", has_stopped, &pid));
	say(channel[1], "two");
	close(channel[0]);
	close(channel[1]);
	logger_leave(&l);
	cr_assert_eq(kill(pid, SIGCONT), 0);
	cr_expect(comes(log, &all, "check: two\n"), "%s", buf_str(&all));
	cr_expect_eq(waitpid(pid, NULL, 0), pid);
	l.pid = 0;
	close(log);
	buf_free(&all);
}
