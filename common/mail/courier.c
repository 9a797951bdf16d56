/*
 * courier.c - message after message, in the order in which they came, and the
 * pauses.
 */
#include "mail/courier.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "system/clock.h"
#include "system/log.h"

struct work {
	const struct courier *c;
	struct follow *f;
	void *own;
	char id[MAILDIR_ID_MAX];
	int64_t received_ms;
	int64_t pause_ms; /* 0: the last one went well */
	int64_t until;    /* nothing is tried before */
};

static volatile sig_atomic_t told; /* to end */

static void
note_end(int sig)
{
	(void)sig;
	told = 1;
}

/* Signals come only here.  Returns whether it is time to look. */
static bool
wait_on(int fd, int64_t until)
{
	int64_t ms = clock_left_ms(until);
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	sigset_t none;

	sigemptyset(&none);
	return ppoll(&p, 1, &t, &none) > 0 || clock_ms() >= until;
}

static void
take(void *with, const struct index_row *row, struct slice document)
{
	struct work *w = with;

	w->received_ms = row->created / 1000;
	snprintf(w->id, sizeof(w->id), "%s", row->id);
	w->c->take(w->own, row, document);
}

static void
later(struct work *w, const char *why)
{
	bool old = clock_wall_us() / 1000 - w->received_ms > w->c->old_ms;

	w->pause_ms = w->pause_ms == 0 ? COURIER_PAUSE_MS : w->pause_ms * 2;
	if (w->pause_ms > COURIER_PAUSE_MAX_MS)
		w->pause_ms = COURIER_PAUSE_MAX_MS;
	w->until = clock_ms() + w->pause_ms;
	if (old)
		follow_done(w->f);
	log_warn("%s: %s; %s %lld s", w->id, why,
	    old ? "given up, the next one in" : "trying again in",
	    (long long)w->pause_ms / 1000);
}

static void
settle(struct work *w, enum courier_end end, const char *why)
{
	if (end == COURIER_LATER) {
		later(w, why);
		return;
	}
	if (end == COURIER_REFUSED)
		log_warn("%s: %s; given up", w->id, why);
	if (end == COURIER_DONE)
		log_info("%s %s", w->c->done, w->id);
	follow_done(w->f);
	if (end != COURIER_NOTHING)
		w->pause_ms = 0;
}

/* One message; at the end of all only a moment longer. */
static void
bring(struct work *w)
{
	int64_t last = CLOCK_NEVER, deadline = CLOCK_NEVER;
	const char *why = "";
	int fd = -1;
	enum courier_end end = w->c->begin(w->own, &fd, &deadline, &why);

	while (end == COURIER_ON) {
		if (told && last == CLOCK_NEVER)
			last = clock_ms() + COURIER_LEAVE_MS;
		if (clock_ms() >= last)
			break;
		if (wait_on(fd, last < deadline ? last : deadline))
			end = w->c->hear(w->own, &fd, &deadline, &why);
	}
	if (end == COURIER_ON)
		w->c->leave(w->own);
	else
		settle(w, end, why);
}

static void
turn(struct work *w)
{
	if (clock_ms() < w->until)
		wait_on(-1, w->until);
	else if (follow_next(w->f, take, w) == 1)
		bring(w);
	else
		wait_on(follow_fd(w->f), clock_ms() + FOLLOW_AGAIN_MS);
}

static void
listen_to_signals(void)
{
	struct sigaction end_it = { .sa_handler = note_end };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGTERM, &end_it, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void
courier_work(const struct courier *c, struct follow *f, void *own)
{
	struct work w = { .c = c, .f = f, .own = own };

	listen_to_signals();
	while (!told)
		turn(&w);
}
