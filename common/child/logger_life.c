/*
 * logger_life.c - the logger's process.
 */
#include "child/logger_life.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "child/child.h"
#include "child/logger_hear.h"
#include "child/logger_lines.h"
#include "sandbox/sandbox.h"
#include "system/clock.h"
#include "system/fdpass.h"
#include "system/io.h"
#include "system/log.h"

#define OFTEN_MS  5 /* turns that come so soon after another ... */
#define GATHER_MS 2 /* ... wait for more to do */
#define KEPT_MAX  65536

static struct {
	int control, own;
	bool err_watched, file_watched;
	bool leaving;        /* channels are another one's */
	int64_t end_at;      /* CLOCK_NEVER: not asked to go */
	bool kept[KEPT_MAX]; /* descriptors, when we begin */
} l;

/* The master has said its last; what others say is another logger's, but for
 * those who have gone, whom nobody else has heard of. */
static void
leave(void)
{
	logger_hear_left(l.own);
	logger_hear_last(l.own);
	logger_hear_open();
	l.err_watched = l.file_watched = false;
	l.leaving = true;
	l.end_at = clock_ms() + LOGGER_LEAVE_MS;
}

/* Nothing more comes from the master: it ends, or has died. */
static void
master_is_gone(void)
{
	close(l.control);
	l.control = -1;
	if (l.end_at == CLOCK_NEVER)
		l.end_at = clock_ms() + LOGGER_LEAVE_MS;
}

/*
 * Lines from before go to the old file.  It is we who say so: what comes after
 * these words is in the new one.
 */
static void
change_file(int fd)
{
	logger_hear_all();
	l.file_watched = false;
	logger_lines_change(fd);
	logger_lines_say("access log reopened");
}

/* Returns whether channels were heard, and some of them may be gone. */
static bool
obey(void)
{
	struct logger_order order;
	int fd[FDPASS_MAX];
	int got = fdpass_receive_fds(
	    l.control, &order, sizeof(order), fd, FDPASS_MAX);

	if (got < 0 && (errno == EINTR || errno == EPROTO))
		return false; /* EPROTO: no descriptor left for a channel */
	if (got <= 0) {
		master_is_gone();
		return false;
	}
	order.name[LOGGER_NAME_MAX - 1] = '\0';
	switch (order.word) {
	case LOGGER_CHANNEL:
		for (size_t i = 0; i < FDPASS_MAX && fd[i] >= 0; i++)
			logger_hear_add(fd[i], order.name);
		break;
	case LOGGER_FILE:
		change_file(fd[0]);
		return true;
	case LOGGER_LEAVE:
		leave();
		break;
	}
	return false;
}

/*
 * Where lines come often, a little patience spares us being woken, and a
 * write, for each.  Not where a turn brings many anyway.
 */
static void
gather(int heard)
{
	static int64_t last_ms;
	int64_t now = clock_ms();

	if (heard > 0 && heard < LOGGER_EACH / 2 && now - last_ms < OFTEN_MS)
		poll(NULL, 0, GATHER_MS);
	last_ms = now;
}

/* The master's orders first: what it says of them comes later. */
static int
turn(const struct epoll_event *ev, int n)
{
	int heard = 0;

	for (int i = 0; i < n; i++)
		if (l.control >= 0 && logger_hear_other(&ev[i]) == l.control &&
		    obey())
			return LOGGER_EACH; /* and once more, of who is left */
	for (int i = 0; i < n && !l.leaving; i++)
		heard += logger_hear_some(&ev[i]);
	return heard;
}

/* Write; when some must wait, be woken once there is room. */
static bool
flush(struct logger_out *o, bool *watched)
{
	bool rest = logger_out_flush(o);

	if (rest && !*watched)
		*watched = logger_hear_watch(o->fd, EPOLLOUT);
	if (!rest && *watched)
		logger_hear_forget(o->fd);
	*watched = rest && *watched;
	return rest;
}

/* Is there nothing left to do? */
static bool
is_done(bool waiting)
{
	if (l.end_at == CLOCK_NEVER)
		return false;
	return (!waiting && (l.leaving || logger_hear_count() == 0)) ||
	    clock_ms() >= l.end_at;
}

static _Noreturn void
end(void)
{
	logger_lines_tell(true);
	logger_out_flush(&logger_err);
	_exit(0);
}

static _Noreturn void
run(void)
{
	struct epoll_event ev[LOGGER_AT_ONCE];
	bool waiting = false;
	int n, heard = 0;

	for (;;) {
		int64_t until = logger_lines_tell_at();

		until = l.end_at < until ? l.end_at : until;
		gather(heard);
		n = logger_hear_wait(ev, clock_left_ms(until));
		heard = turn(ev, n);
		logger_lines_tell(false);
		waiting = flush(&logger_err, &l.err_watched);
		waiting = flush(&logger_file, &l.file_watched) || waiting;
		if (is_done(waiting))
			end();
	}
}

/* Close what is the master's: all but the channels and the outputs. */
static void
close_others(void)
{
	unsigned from = STDERR_FILENO + 1;

	for (unsigned fd = from; fd < KEPT_MAX; fd++) {
		if (!l.kept[fd])
			continue;
		if (fd > from)
			close_range(from, fd - 1, 0);
		from = fd + 1;
	}
	close_range(from, ~0U, 0);
}

static void
keep(int fd)
{
	if (fd >= 0 && fd < KEPT_MAX)
		l.kept[fd] = true;
}

/* One that there is when we begin. */
static void
find_channel(int end, const char *name)
{
	keep(end);
	logger_hear_add(end, name);
}

static int
open_all(const struct logger *logger, const struct logger_start *s, int control,
    int log)
{
	int waits;

	l.control = control;
	l.own = logger->own_end;
	l.end_at = CLOCK_NEVER;
	logger_lines_begin(s, getppid(), log);
	waits = logger_hear_open();
	if (waits < 0 || !logger_hear_watch(control, EPOLLIN))
		return -1;
	keep(waits);
	keep(control);
	keep(log);
	find_channel(l.own, NULL);
	for (size_t i = 0; i < logger->orphans; i++)
		find_channel(logger->orphan[i], NULL);
	s->each(s->context, find_channel);
	close_others();
	return io_mute_standard();
}

void
logger_live(const struct logger *logger, const struct logger_start *s,
    int control, int log)
{
	log_channel(-1);
	prctl(PR_SET_NAME, LOGGER_NAME);
	clock_zone_s(); /* while its file can be read */
	if (open_all(logger, s, control, log) < 0 ||
	    sandbox_enter_logger(s->sandbox) < 0) {
		log_error("no logger: %s", strerror(errno));
		_exit(CHILD_NOT_BORN);
	}
	run();
}
