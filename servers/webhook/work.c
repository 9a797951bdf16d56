/*
 * work.c - message after message, in the order in which they came, and the
 * pauses.
 *
 * One that cannot be told now waits, and all behind it: nothing is kept here,
 * for the Maildir is the queue.  What was received too long ago is tried once
 * and given up, so that an end which is away for days is not a backlog for
 * days.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/clock.h"
#include "system/log.h"
#include "webhook/webhook.h"

struct work {
	struct follow *f;
	const char *url;
	struct post post;
	struct buf body;
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

/* Signals come only here. */
static void
wait_on(int fd, int64_t until)
{
	int64_t ms = clock_left_ms(until);
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	sigset_t none;

	sigemptyset(&none);
	ppoll(&p, 1, &t, &none);
}

static void
take(void *with, const struct index_row *row, struct slice document)
{
	struct work *w = with;

	(void)document;
	index_summary(row, &w->body);
	w->received_ms = row->created / 1000;
	snprintf(w->id, sizeof(w->id), "%s", row->id);
}

static void
later(struct work *w, const char *why)
{
	bool old = clock_wall_us() / 1000 - w->received_ms > WEBHOOK_OLD_MS;

	w->pause_ms = w->pause_ms == 0 ? WEBHOOK_PAUSE : w->pause_ms * 2;
	if (w->pause_ms > WEBHOOK_PAUSE_MAX)
		w->pause_ms = WEBHOOK_PAUSE_MAX;
	w->until = clock_ms() + w->pause_ms;
	if (old)
		follow_done(w->f);
	log_warn("%s: %s; %s %lld s", w->id, why,
	    old ? "given up, the next one in" : "trying again in",
	    (long long)w->pause_ms / 1000);
}

static void
settle(struct work *w, enum post_end end, const char *why)
{
	if (end == POST_LATER) {
		later(w, why);
		return;
	}
	if (end == POST_REFUSED)
		log_warn("%s: %s; given up", w->id, why);
	else
		log_info("told of %s", w->id);
	follow_done(w->f);
	w->pause_ms = 0;
}

/* Returns whether there is something under way. */
static bool
begin(struct work *w)
{
	int status;

	buf_clear(&w->body);
	status = follow_next(w->f, take, w);
	if (status == 1 && w->body.failed) {
		settle(w, POST_REFUSED, "it says too much");
		buf_free(&w->body);
		buf_init(&w->body, WEBHOOK_BODY_MAX);
		return false;
	}
	if (status == 1 &&
	    post_begin(&w->post, w->url, buf_slice(&w->body)) < 0) {
		later(w, strerror(errno));
		return false;
	}
	if (status != 1)
		wait_on(follow_fd(w->f), clock_ms() + FOLLOW_AGAIN_MS);
	return status == 1;
}

/* One message; at the end only a moment longer. */
static void
finish(struct work *w)
{
	int64_t last = CLOCK_NEVER;
	enum post_end end = POST_ON;
	const char *why = "";

	while (end == POST_ON) {
		if (told && last == CLOCK_NEVER)
			last = clock_ms() + WEBHOOK_LEAVE_MS;
		if (clock_ms() >= last)
			break;
		wait_on(w->post.words_fd,
		    last < w->post.deadline ? last : w->post.deadline);
		end = post_hear(&w->post, &why);
	}
	post_end(&w->post);
	if (end != POST_ON)
		settle(w, end, why);
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

int
webhook_work(struct follow *f, const char *url)
{
	struct work w = { .f = f, .url = url, .post.words_fd = -1 };

	listen_to_signals();
	buf_init(&w.body, WEBHOOK_BODY_MAX);
	while (!told) {
		if (clock_ms() < w.until)
			wait_on(-1, w.until);
		else if (begin(&w))
			finish(&w);
	}
	buf_free(&w.body);
	return 0;
}
