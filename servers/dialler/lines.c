/*
 * lines.c - all sockets, and the loop.
 *
 * What a child can make this process hold is bounded: DIAL_AT_ONCE calls, and
 * as many answers as fit its socket's small buffer.  Who goes beyond is hung
 * up on, and its calls with it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dialler/dialler.h"
#include "dialler/rights.h"
#include "system/clock.h"
#include "system/fdpass.h"
#include "system/log.h"

#define LINES_MAX      32768 /* as many children as there may be */
#define EVENTS_AT_ONCE 64
#define UNREAD_MAX     65536 /* bytes of answers, as the kernel counts them */
#define LAST_MS        60000 /* for those who are still there, at the end */

/* What an event is about: a kind, a number, and for calls their turn. */
enum kind { CONTROL, LINE, PLACE, CALL };
#define TAG(kind, turn, i) \
	((uint64_t)(kind) << 56 | (uint64_t)(turn) << 24 | (uint64_t)(i))
#define KIND_OF(tag)  ((enum kind)((tag) >> 56))
#define TURN_OF(tag)  ((uint32_t)((tag) >> 24))
#define INDEX_OF(tag) ((size_t)((tag)&0xffffff))

static struct line {
	int fd; /* -1: free */
	struct dial_scope scope;
	unsigned calls; /* under way */
} lines[LINES_MAX];
static size_t line_count, first_free;
static int epoll_fd;
static volatile sig_atomic_t told; /* to end */

static void
note_end(int sig)
{
	(void)sig;
	told = 1;
}

static int
watch(int fd, uint32_t events, uint64_t tag)
{
	struct epoll_event ev = { .events = events, .data.u64 = tag };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

static int
watch_call(struct call *c)
{
	return watch(c->fd, EPOLLOUT, TAG(CALL, c->turn, calls_index(c)));
}

/* ---- lines ---- */

static void
close_line(struct line *l)
{
	size_t i = (size_t)(l - lines);

	for (size_t k = 0; l->calls > 0 && k < CALLS_MAX; k++) {
		struct call *c = calls_at(k);

		if (c->used && c->line == i) {
			calls_end(c);
			l->calls--;
		}
	}
	close(l->fd);
	*l = (struct line){ .fd = -1 };
	line_count--;
	if (i < first_free)
		first_free = i;
}

static void
open_line(int fd, const struct dial_scope *scope)
{
	size_t i = first_free;
	int room = UNREAD_MAX / 2; /* the kernel doubles it */

	while (i < LINES_MAX && lines[i].fd >= 0)
		i++;
	first_free = i;
	if (i == LINES_MAX ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)) < 0 ||
	    watch(fd, EPOLLIN, TAG(LINE, 0, i)) < 0) {
		log_warn("no room for one more connection");
		close(fd);
		return;
	}
	lines[i] = (struct line){ .fd = fd, .scope = *scope };
	line_count++;
}

/* Tell what it came to, with a descriptor if there is one. */
static void
answer(struct line *l, uint32_t ticket, int error, int fd)
{
	struct dial_answer a = { .ticket = ticket, .error = error };

	if (fdpass_send(l->fd, &a, sizeof(a), fd) == 0)
		return;
	if (errno != EPIPE && errno != ECONNRESET)
		log_warn("a connection does not take what it asked for");
	close_line(l);
}

/* ---- calls ---- */

/* A call has gone on: -1, it still does; else it is over. */
static void
tell(struct call *c, int status)
{
	struct line *l = &lines[c->line];
	uint32_t ticket = c->ticket;
	int fd = c->fd;

	if (status < 0)
		return;
	if (fd >= 0)
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	c->fd = -1;
	calls_end(c);
	l->calls--;
	answer(l, ticket, status, status == 0 ? fd : -1);
	if (fd >= 0)
		close(fd);
}

/* Returns false when it may not be asked. */
static bool
begin(struct line *l, const struct dial_ask *ask)
{
	int64_t now = clock_ms();
	struct place *place;
	struct call *c;

	if (ask->place >= l->scope.count || l->calls == DIAL_AT_ONCE)
		return false;
	place = places_at(l->scope.first + ask->place);
	if (place == NULL)
		return false;
	c = calls_begin((uint32_t)(l - lines), ask->ticket, place, now);
	if (c == NULL) {
		answer(l, ask->ticket, EAGAIN, -1);
		return true;
	}
	l->calls++;
	tell(c, calls_go(c, now, watch_call));
	return true;
}

static void
hear_line(struct line *l)
{
	struct dial_ask ask;
	ssize_t got = recv(l->fd, &ask, sizeof(ask), MSG_DONTWAIT | MSG_TRUNC);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got == (ssize_t)sizeof(ask) && begin(l, &ask))
		return;
	if (got > 0)
		log_warn("a connection asked what it may not");
	if (l->fd >= 0)
		close_line(l);
}

static void
hear_place(struct place *p)
{
	int64_t now = clock_ms();

	if (!places_hear(p, now))
		die(EXIT_OSERR, "%s: its look-ups have ended", p->text);
	for (size_t i = 0; i < CALLS_MAX; i++) {
		struct call *c = calls_at(i);

		if (c->used && c->place == p)
			tell(c, calls_go(c, now, watch_call));
	}
}

static void
hear_call(size_t i, uint32_t turn)
{
	struct call *c = calls_at(i);

	/* It may have ended, and another one begun, since we were told. */
	if (c->used && c->turn == turn && c->fd >= 0)
		tell(c, calls_writable(c, clock_ms(), watch_call));
}

static void
look_at_time(void)
{
	int64_t now = clock_ms();

	if (now < calls_due())
		return;
	for (size_t i = 0; i < CALLS_MAX; i++) {
		struct call *c = calls_at(i);

		if (c->used)
			tell(c, calls_late(c, now, watch_call));
	}
}

/* ---- the loop ---- */

/* The master gives a socket of somebody.  Returns false when it is gone. */
static bool
hear_master(int control)
{
	struct dial_scope scope;
	int fd, got = fdpass_receive(control, &scope, sizeof(scope), &fd);

	if (got > 0 && fd >= 0)
		open_line(fd, &scope);
	/* Without a descriptor to spare, this one client has no luck. */
	return got != 0;
}

/* Returns false when there was nothing. */
static bool
turn(int control, bool *open, int64_t deadline)
{
	struct epoll_event ev[EVENTS_AT_ONCE];
	int64_t due = calls_due();
	int n = epoll_wait(epoll_fd, ev, EVENTS_AT_ONCE,
	    clock_left_ms(due < deadline ? due : deadline));

	for (int i = 0; i < n; i++) {
		size_t at = INDEX_OF(ev[i].data.u64);

		switch (KIND_OF(ev[i].data.u64)) {
		case LINE:
			if (lines[at].fd >= 0)
				hear_line(&lines[at]);
			break;
		case PLACE:
			hear_place(places_at(at));
			break;
		case CALL:
			hear_call(at, TURN_OF(ev[i].data.u64));
			break;
		case CONTROL:
			if (hear_master(control))
				break;
			epoll_ctl(epoll_fd, EPOLL_CTL_DEL, control, NULL);
			*open = false;
			break;
		}
	}
	look_at_time();
	return n > 0 || (n < 0 && errno == EINTR);
}

static int
watch_all(int control)
{
	if (watch(control, EPOLLIN, TAG(CONTROL, 0, 0)) < 0)
		return -1;
	for (size_t i = 0; i < places_count(); i++) {
		const struct place *p = places_at(i);

		if (p->resolver >= 0 &&
		    watch(p->resolver, EPOLLIN, TAG(PLACE, 0, i)) < 0)
			return -1;
	}
	return 0;
}

int
dialler_serve(int control)
{
	struct sigaction end = { .sa_handler = note_end };
	bool open = true;
	int64_t last = CLOCK_NEVER;

	for (size_t i = 0; i < LINES_MAX; i++)
		lines[i].fd = -1;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	sigaction(SIGTERM, &end, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (epoll_fd < 0 || watch_all(control) < 0 || dialler_confine() < 0)
		die(EXIT_OSERR, "the dialler cannot begin: %s",
		    strerror(errno));
	for (;;) {
		bool leaving = !open || told != 0;

		if (leaving && last == CLOCK_NEVER)
			last = clock_ms() + LAST_MS;
		if (leaving && clock_ms() >= last)
			return 0;
		/* What is on its way is seen before we go. */
		if (!turn(control, &open,
			leaving && line_count == 0 ? 0 : last) &&
		    leaving && line_count == 0)
			return 0;
	}
}
