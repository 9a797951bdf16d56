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
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "child/child.h"
#include "child/logger_out.h"
#include "grammar/log_line.h"
#include "sandbox/sandbox.h"
#include "system/clock.h"
#include "system/fdpass.h"
#include "system/io.h"
#include "system/log.h"
#include "system/terminal.h"

#define AT_ONCE     64   /* events in a turn */
#define EACH        64   /* messages of one channel in a turn */
#define TURNS_MAX   1000 /* of hearing all before the file changes */
#define OFTEN_MS    5    /* turns that come so soon after another ... */
#define GATHER_MS   2    /* ... wait for more to do */
#define MESSAGE_MAX 8192 /* bytes of a message that are looked at */
#define NAMES_MAX   64
#define TELL_MS     1000 /* lines that were dropped are told so often */
#define KEPT_MAX    65536
#define SHARE_LINES 20 /* a second, for each channel, where it is tight */

static struct {
	int epoll, control, own;
	pid_t master;
	size_t channels;
	char name[NAMES_MAX][LOGGER_NAME_MAX]; /* [0]: the program's */
	struct logger_out err, file;
	bool err_watched, file_watched;
	bool leaving;    /* channels are another one's */
	bool plain;      /* LOG_PLAIN is let through */
	bool colours;    /* standard error shows them */
	int64_t end_at;  /* CLOCK_NEVER: not asked to go */
	int64_t tell_at; /* not before that */
	struct buf line;
	bool kept[KEPT_MAX]; /* descriptors, when we begin */
	struct {
		uint32_t second, lines;
	} share[KEPT_MAX]; /* of channels: what they said in a second */
} l;

/* The index of a name; of the program's, when there are too many. */
static uint32_t
name_index(const char *name)
{
	for (uint32_t i = 1; name != NULL && *name != '\0' && i < NAMES_MAX;
	     i++) {
		if (l.name[i][0] == '\0')
			snprintf(l.name[i], LOGGER_NAME_MAX, "%s", name);
		if (strncmp(l.name[i], name, LOGGER_NAME_MAX - 1) == 0)
			return i;
	}
	return 0;
}

/*
 * One who says very much must not take the others' room: once much of it waits
 * for a reader, each has so many lines a second.
 */
static bool
has_share(const struct logger_out *o, int end)
{
	uint32_t now = (uint32_t)(clock_ms() / 1000);

	if (o->n < LOGGER_OUT_MAX / 2 || end >= KEPT_MAX)
		return true;
	if (l.share[end].second != now) {
		l.share[end].second = now;
		l.share[end].lines = 0;
	}
	return l.share[end].lines++ < SHARE_LINES;
}

/* For an output, where there is room for it and it has a right to it. */
static void
add(struct logger_out *o, int end)
{
	if (has_share(o, end))
		logger_out_add(o, buf_slice(&l.line));
	else
		logger_out_drop(o);
}

static bool
watch(int fd, uint32_t events, uint32_t name)
{
	struct epoll_event ev = { .events = events,
		.data.u64 = (uint64_t)name << 32 | (uint32_t)fd };

	return epoll_ctl(l.epoll, EPOLL_CTL_ADD, fd, &ev) == 0;
}

static void
add_channel(int end, const char *name)
{
	if (watch(end, EPOLLIN | EPOLLRDHUP, name_index(name)))
		l.channels++;
}

static void
drop_channel(int end)
{
	/* By hand, for the master has a copy. */
	epoll_ctl(l.epoll, EPOLL_CTL_DEL, end, NULL);
	close(end);
	l.channels--;
}

/* Words of ours (our pid) or of the program (0), to standard error. */
static void
say_as(pid_t pid, const char *words)
{
	struct log_source self = { .name = l.name[0], .pid = pid };

	buf_clear(&l.line);
	log_line_words(&l.line, &self, slice_of(words));
	logger_out_add(&l.err, buf_slice(&l.line));
}

static void
say(const char *words)
{
	say_as(getpid(), words);
}

/* Lines of one message.  Only the first can be for the access log. */
static void
take(int end, uint32_t name, pid_t pid, struct slice text)
{
	struct log_source who = { .name = l.name[name],
		.pid = pid == l.master ? 0 : pid,
		.wall_us = clock_wall_us(),
		.zone_s = clock_zone_s(),
		.colours = l.file.kind == OUT_NONE && l.colours };
	struct logger_out *file = l.file.kind != OUT_NONE ? &l.file : &l.err;
	struct slice line;
	bool plain;

	buf_clear(&l.line);
	if (text.p[0] == LOG_ACCESS &&
	    log_line_access(&l.line, &who, slice_from(text, 1))) {
		add(file, end);
		return;
	}
	plain = text.p[0] == LOG_PLAIN;
	if (plain)
		text = slice_from(text, 1);
	while (log_line_next(&text, &line)) {
		buf_clear(&l.line);
		if (plain && l.plain)
			log_line_plain(&l.line, line);
		else
			log_line_words(&l.line, &who, line);
		add(&l.err, end);
	}
}

/* One message.  Returns whether there may be more. */
static bool
hear(int end, uint32_t name, bool hung_up)
{
	static char text[MESSAGE_MAX];
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control; /* no room for descriptors: the kernel closes them */
	struct iovec iov = { text, sizeof(text) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t got = recvmsg(end, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *head = got < 0 ? NULL : CMSG_FIRSTHDR(&msg);
	struct ucred who = { 0 };

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (got < 0 || (got == 0 && hung_up)) {
		drop_channel(end);
		return false;
	}
	if (head != NULL && head->cmsg_level == SOL_SOCKET &&
	    head->cmsg_type == SCM_CREDENTIALS)
		memcpy(&who, CMSG_DATA(head), sizeof(who));
	if (got > 0)
		take(end, name, who.pid, (struct slice){ text, (size_t)got });
	return true;
}

/* Some messages, so that others get their turn.  Returns how many. */
static int
hear_some(int end, uint32_t name, uint32_t events)
{
	bool hung_up = (events & (EPOLLHUP | EPOLLRDHUP)) != 0;
	int n = 0;

	while (n < EACH && hear(end, name, hung_up))
		n++;
	return n;
}

/* The master has said its last; what others say is another logger's. */
static void
leave(void)
{
	/* It may be another image by now, which hung up: that is the end. */
	while (hear(l.own, 0, true))
		;
	close(l.epoll);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
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

/* What was said up to now, as far as it is no endless flood. */
static void
hear_all(void)
{
	struct epoll_event ev[AT_ONCE];

	for (int turn = 0; turn < TURNS_MAX; turn++) {
		int n = epoll_wait(l.epoll, ev, AT_ONCE, 0), heard = 0;

		for (int i = 0; i < n; i++) {
			int fd = (int)(uint32_t)ev[i].data.u64;

			if (fd == l.control || fd == l.err.fd ||
			    fd == l.file.fd)
				continue;
			hear_some(
			    fd, (uint32_t)(ev[i].data.u64 >> 32), ev[i].events);
			heard++;
		}
		if (heard == 0)
			return;
	}
}

/*
 * Lines from before go to the old file.  It is we who say so: what comes after
 * these words is in the new one.
 */
static void
change_file(int fd)
{
	hear_all();
	logger_out_flush(&l.file);
	if (l.file.fd >= 0)
		close(l.file.fd);
	l.file_watched = false;
	logger_out_open(&l.file, fd);
	say_as(0, "access log reopened");
}

/* Returns whether channels were heard, and some of them may be gone. */
static bool
obey(void)
{
	struct logger_order order;
	int fd, got = fdpass_receive(l.control, &order, sizeof(order), &fd);

	if (got < 0 && (errno == EINTR || errno == EPROTO))
		return false; /* EPROTO: no descriptor left for the channel */
	if (got <= 0) {
		master_is_gone();
		return false;
	}
	order.name[LOGGER_NAME_MAX - 1] = '\0';
	switch (order.word) {
	case LOGGER_CHANNEL:
		if (fd >= 0)
			add_channel(fd, order.name);
		break;
	case LOGGER_FILE:
		change_file(fd);
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

	if (heard > 0 && heard < EACH / 2 && now - last_ms < OFTEN_MS)
		poll(NULL, 0, GATHER_MS);
	last_ms = now;
}

/* The master's orders first: what it says of them comes later. */
static int
turn(const struct epoll_event *ev, int n)
{
	int heard = 0;

	for (int i = 0; i < n; i++)
		if ((int)(uint32_t)ev[i].data.u64 == l.control && obey())
			return EACH; /* and once more, of those who are left */
	for (int i = 0; i < n && !l.leaving; i++) {
		int fd = (int)(uint32_t)ev[i].data.u64;

		if (fd != l.control && fd != l.err.fd && fd != l.file.fd)
			heard += hear_some(
			    fd, (uint32_t)(ev[i].data.u64 >> 32), ev[i].events);
	}
	return heard;
}

/* Write; when some must wait, be woken once there is room. */
static bool
flush(struct logger_out *o, bool *watched)
{
	bool rest = logger_out_flush(o);

	if (rest && !*watched)
		*watched = watch(o->fd, EPOLLOUT, 0);
	if (!rest && *watched)
		epoll_ctl(l.epoll, EPOLL_CTL_DEL, o->fd, NULL);
	*watched = rest && *watched;
	return rest;
}

static void
tell_dropped(struct logger_out *o, const char *which)
{
	char words[200];

	if (o->dropped == 0)
		return;
	snprintf(words, sizeof(words), "%s: %llu line%s dropped: %s", which,
	    (unsigned long long)o->dropped, o->dropped == 1 ? "" : "s",
	    o->error == 0 ? "nobody reads it" : strerror(o->error));
	o->dropped = 0;
	say(words);
}

/* Once there is room again to say so, and not for each line. */
static void
tell(void)
{
	int64_t now = clock_ms();

	if ((l.err.dropped == 0 && l.file.dropped == 0) || l.err.n > 0 ||
	    now < l.tell_at)
		return;
	l.tell_at = now + TELL_MS;
	tell_dropped(&l.file, "access log");
	tell_dropped(&l.err, "log");
}

/* Is there nothing left to do? */
static bool
is_done(bool waiting)
{
	if (l.end_at == CLOCK_NEVER)
		return false;
	return (!waiting && (l.leaving || l.channels == 0)) ||
	    clock_ms() >= l.end_at;
}

static _Noreturn void
end(void)
{
	l.tell_at = 0;
	tell();
	logger_out_flush(&l.err);
	_exit(0);
}

static _Noreturn void
run(void)
{
	struct epoll_event ev[AT_ONCE];
	bool waiting = false;
	int n, heard = 0;

	for (;;) {
		int64_t until = l.end_at;

		if ((l.err.dropped > 0 || l.file.dropped > 0) && l.err.n == 0 &&
		    l.tell_at < until)
			until = l.tell_at;
		gather(heard);
		n = epoll_wait(l.epoll, ev, AT_ONCE, clock_left_ms(until));
		heard = turn(ev, n);
		tell();
		waiting = flush(&l.err, &l.err_watched);
		waiting = flush(&l.file, &l.file_watched) || waiting;
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
	add_channel(end, name);
}

static int
open_all(const struct logger *logger, const struct logger_start *s, int control,
    int log)
{
	l.control = control;
	l.own = logger->own_end;
	l.master = getppid();
	l.end_at = CLOCK_NEVER;
	buf_init(&l.line, LOG_LINE_ROOM);
	snprintf(l.name[0], LOGGER_NAME_MAX, "%s", s->program);
	l.plain = s->plain;
	logger_out_open(&l.err, STDERR_FILENO);
	logger_out_open(&l.file, log);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l.epoll < 0 || !watch(control, EPOLLIN, 0))
		return -1;
	keep(l.epoll);
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
	l.colours = terminal_has_colour(STDERR_FILENO);
	clock_zone_s(); /* while its file can be read */
	if (open_all(logger, s, control, log) < 0 ||
	    sandbox_enter_logger(s->sandbox) < 0) {
		log_error("no logger: %s", strerror(errno));
		_exit(CHILD_NOT_BORN);
	}
	run();
}
