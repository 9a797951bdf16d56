/*
 * lines.c - all sockets, and the loop.
 *
 * A connection has one message on its way at a time, and all of them have
 * RELAY_JOBS_MAX; what else they ask waits in their sockets, which are not
 * looked at meanwhile.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/dial.h"
#include "relay/relay.h"
#include "system/clock.h"
#include "system/fdpass.h"
#include "system/log.h"

#define LINES_MAX      1024
#define EVENTS_AT_ONCE 64

/* What an event is about: a kind, the turn of its slot, a number.  Of what has
 * ended since we were told, and whose slot is another's now, it says nothing. */
enum kind { CONTROL, LINE, JOB };
#define TAG(kind, turn, i) \
	((uint64_t)(kind) << 48 | (uint64_t)(i) << 32 | (uint64_t)(turn))
#define KIND_OF(tag)  ((enum kind)((tag) >> 48))
#define INDEX_OF(tag) ((size_t)((tag) >> 32 & 0xffff))
#define TURN_OF(tag)  ((uint32_t)(tag))

static struct line {
	int fd; /* -1: free */
	bool busy;
	uint32_t turn; /* how often the slot was used */
} lines[LINES_MAX];
static size_t line_count;
static struct job jobs[RELAY_JOBS_MAX];
static uint32_t last_turn; /* of jobs */
static int epoll_fd;
static volatile sig_atomic_t told; /* to end */

static void
note_end(int sig)
{
	(void)sig;
	told = 1;
}

static int
watch(int how, int fd, uint32_t events, uint64_t tag)
{
	struct epoll_event ev = { .events = events, .data.u64 = tag };

	return epoll_ctl(epoll_fd, how, fd, &ev);
}

static struct job *
free_job(void)
{
	for (size_t i = 0; i < RELAY_JOBS_MAX; i++)
		if (!jobs[i].used)
			return &jobs[i];
	return NULL;
}

/* Look at those sockets whose questions can be heard now. */
static void
listen_to_all(void)
{
	bool room = free_job() != NULL;

	for (size_t i = 0; i < LINES_MAX; i++)
		if (lines[i].fd >= 0)
			watch(EPOLL_CTL_MOD, lines[i].fd,
			    room && !lines[i].busy ? EPOLLIN : 0,
			    TAG(LINE, lines[i].turn, i));
}

static void
close_line(struct line *l)
{
	for (size_t i = 0; i < RELAY_JOBS_MAX; i++)
		if (jobs[i].used && jobs[i].line == (uint32_t)(l - lines))
			job_end(&jobs[i]);
	close(l->fd);
	*l = (struct line){ .fd = -1, .turn = l->turn + 1 };
	line_count--;
}

static void
open_line(int fd)
{
	size_t i = 0;

	while (i < LINES_MAX && lines[i].fd >= 0)
		i++;
	if (i == LINES_MAX ||
	    watch(EPOLL_CTL_ADD, fd, EPOLLIN, TAG(LINE, lines[i].turn, i)) <
		0) {
		log_warn("no room for one more connection");
		close(fd);
		return;
	}
	lines[i].fd = fd;
	line_count++;
}

static void
answer(struct line *l, const struct relay_answer *a)
{
	l->busy = false;
	if (fdpass_send(l->fd, a, sizeof(*a), -1) < 0)
		close_line(l);
}

static void
refuse(struct line *l, uint32_t ticket, enum relay_end end, const char *why)
{
	struct relay_answer a = { .ticket = ticket, .end = (int32_t)end };

	snprintf(a.words, sizeof(a.words), "%s", why);
	answer(l, &a);
}

static void
begin(struct line *l, const struct relay_ask *ask, int file)
{
	const char *why = job_refuses(ask);
	struct job *j = free_job();

	if (why != NULL) {
		log_warn("not relayed: %s", why);
		refuse(l, ask->ticket, RELAY_REFUSED, why);
		return;
	}
	if (j == NULL || job_begin(j, ask, file) < 0) {
		refuse(l, ask->ticket, RELAY_LATER, "too much to do");
		return;
	}
	j->line = (uint32_t)(l - lines);
	j->turn = ++last_turn;
	l->busy = true;
	if (watch(EPOLL_CTL_ADD, j->words_fd, EPOLLIN,
		TAG(JOB, j->turn, j - jobs)) < 0) {
		job_end(j);
		refuse(l, ask->ticket, RELAY_LATER, "no room");
	}
}

static void
hear_line(struct line *l)
{
	static struct relay_ask ask;
	int file, got = fdpass_receive(l->fd, &ask, sizeof(ask), &file);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0 && file >= 0) {
		begin(l, &ask, file);
	} else {
		if (got != 0)
			log_warn("a connection asked what it may not");
		close_line(l);
	}
	if (file >= 0)
		close(file);
	listen_to_all();
}

static void
hear_job(struct job *j)
{
	struct line *l = &lines[j->line];
	struct relay_answer a;

	if (!job_hear(j, &a))
		return;
	if (a.end == RELAY_SENT)
		log_info("relayed a message");
	else
		log_info("not relayed: %s", a.words);
	answer(l, &a);
	listen_to_all();
}

/* Returns when to look again. */
static int64_t
look_at_time(void)
{
	int64_t now = clock_ms(), due = CLOCK_NEVER;

	for (size_t i = 0; i < RELAY_JOBS_MAX; i++) {
		struct job *j = &jobs[i];

		if (j->used && now >= j->deadline) {
			struct line *l = &lines[j->line];
			uint32_t ticket = j->ticket;

			job_end(j);
			refuse(l, ticket, RELAY_LATER, "it took too long");
			listen_to_all();
		}
		if (j->used && j->deadline < due)
			due = j->deadline;
	}
	return due;
}

/* The master gives a socket of somebody.  Returns false when it is gone. */
static bool
hear_master(int control)
{
	struct dial_scope scope; /* of no meaning here */
	int fd, got = fdpass_receive(control, &scope, sizeof(scope), &fd);

	if (got > 0 && fd >= 0)
		open_line(fd);
	return got != 0;
}

static void
hear(int control, bool *open, const struct epoll_event *ev)
{
	size_t at = INDEX_OF(ev->data.u64);
	uint32_t turn = TURN_OF(ev->data.u64);

	switch (KIND_OF(ev->data.u64)) {
	case CONTROL:
		if (hear_master(control))
			break;
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, control, NULL);
		*open = false;
		break;
	case LINE:
		if (lines[at].fd < 0 || lines[at].turn != turn)
			break;
		if ((ev->events & EPOLLIN) != 0)
			hear_line(&lines[at]);
		else
			close_line(&lines[at]); /* it has gone */
		break;
	case JOB:
		if (jobs[at].used && jobs[at].turn == turn)
			hear_job(&jobs[at]);
		break;
	}
}

static void
turn(int control, bool *open, int ms)
{
	struct epoll_event ev[EVENTS_AT_ONCE];
	int n = epoll_wait(epoll_fd, ev, EVENTS_AT_ONCE, ms);

	for (int i = 0; i < n; i++)
		hear(control, open, &ev[i]);
}

int
relay_serve(int control)
{
	struct sigaction end = { .sa_handler = note_end };
	bool open = true;
	int64_t last = CLOCK_NEVER;

	for (size_t i = 0; i < LINES_MAX; i++)
		lines[i].fd = -1;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	sigaction(SIGTERM, &end, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (epoll_fd < 0 ||
	    watch(EPOLL_CTL_ADD, control, EPOLLIN, TAG(CONTROL, 0, 0)) < 0)
		die(EXIT_OSERR, "the relay cannot begin: %s", strerror(errno));
	for (;;) {
		bool leaving = !open || told != 0;
		int64_t due = look_at_time();

		if (leaving && line_count == 0)
			return 0;
		if (leaving && last == CLOCK_NEVER)
			last = clock_ms() + RELAY_MS;
		if (leaving && clock_ms() >= last)
			return 0;
		turn(control, &open, clock_left_ms(due < last ? due : last));
	}
}
