/*
 * live.c - pages that reload themselves when a file changes.
 */
#include "httpd/live.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/num.h"
#include "httpd/live_feed.h"
#include "httpd/live_script.h"
#include "httpd/live_tag.h"
#include "httpd/root.h"
#include "httpd/site.h"
#include "system/clock.h"
#include "system/log.h"

#define PULSE_MS 15000 /* a comment so often, to notice who is gone */

/* A stream of events to one page. */
struct stream {
	struct live_listener *listener;
	enum live_change missed; /* to be told at once */
	int64_t since_ms;        /* what the page knows until it is told */
	int64_t at_ms;           /* up to when that is so */
	bool greeted;
	int64_t pulse_at; /* clock_ms() */
	struct buf event;
};

bool
live_wants(const struct exchange *x)
{
	return site.live && web_reads(x) &&
	    (web_is(x, LIVE_STREAM) || web_is(x, LIVE_SCRIPT));
}

bool
live_looks(const struct exchange *x)
{
	return site.live && web_get(x, LIVE_LOOK).p != NULL;
}

static int
answer_script(struct exchange *x)
{
	web_bytes(
	    x, 200, "text/javascript; charset=utf-8", slice_of(live_script));
	web_fieldz(x, "Cache-Control", "no-cache");
	return 0;
}

/* ---- the stream ---- */

static const char *
word(enum live_change change)
{
	return change == LIVE_NOTHING ? "nothing" :
	    change == LIVE_STYLE      ? "style" :
					"page";
}

/* Tell an event; its data is the time up to which the page then knows. */
static enum piece_status
tell(struct stream *s, const char *event, int64_t at_ms, struct piece *p)
{
	buf_clear(&s->event);
	buf_addf(&s->event, "event: %s\ndata: %" PRId64 "\n\n", event, at_ms);
	p->bytes = buf_slice(&s->event);
	s->pulse_at = clock_ms() + PULSE_MS;
	return PIECE_MORE;
}

static enum piece_status
pulse(struct stream *s, struct piece *p)
{
	s->pulse_at = clock_ms() + PULSE_MS;
	p->bytes = slice_of(":\n\n");
	return PIECE_MORE;
}

/* Nothing to tell: when to look again. */
static enum piece_status
later(const struct stream *s, struct piece *p)
{
	int64_t pulse_ms = clock_left_ms(s->pulse_at);

	p->wake_fd = live_listener_fd(s->listener);
	p->wake_ms = live_listener_ms(s->listener);
	if (pulse_ms < p->wake_ms)
		p->wake_ms = pulse_ms;
	return PIECE_LATER;
}

static enum piece_status
next_event(void *own, struct piece *p)
{
	struct stream *s = own;
	enum live_change change = s->missed;

	if (!s->greeted) {
		s->greeted = true;
		return tell(s, "hello",
		    change == LIVE_NOTHING ? s->at_ms : s->since_ms, p);
	}
	s->missed = LIVE_NOTHING;
	if (change == LIVE_NOTHING)
		change = live_news(s->listener, &s->at_ms);
	if (change != LIVE_NOTHING)
		return tell(s, word(change), s->at_ms, p);
	return clock_left_ms(s->pulse_at) > 0 ? later(s, p) : pulse(s, p);
}

static void
stream_done(void *own)
{
	struct stream *s = own;

	live_listen_no_more(s->listener);
	buf_free(&s->event);
	free(s);
}

static struct stream *
stream_new(int64_t since_ms)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	buf_init(&s->event, 256);
	s->since_ms = since_ms;
	s->listener = live_listen(since_ms, &s->missed, &s->at_ms);
	if (s->listener != NULL)
		return s;
	free(s);
	return NULL;
}

/* A time, 0 if none that can be read is given. */
static int64_t
time_of(const struct exchange *x, const char *name)
{
	char text[NUM_MAX_TEXT];
	uint64_t ms = 0;
	ssize_t n = web_query(x, name, text, sizeof(text));

	if (n > 0)
		num_within(
		    (struct slice){ text, (size_t)n }, 0, INT64_MAX - 1, &ms);
	return (int64_t)ms;
}

/* A page heeds only what is later than what it knows. */
static int64_t
heeded(int64_t at_ms, int64_t since_ms)
{
	return at_ms > since_ms ? at_ms : since_ms + 1;
}

/*
 * Was the page of the folder that is there now?  Its files may all be older
 * than the page: a link may have been made to lead back to an earlier build.
 */
static bool
is_of_this_folder(const struct exchange *x)
{
	char given[NUM_MAX_TEXT], now[NUM_MAX_TEXT];

	if (web_query(x, "folder", given, sizeof(given)) <= 0)
		return true;
	snprintf(now, sizeof(now), "%" PRIx64, live_folder());
	return strcmp(given, now) == 0;
}

/* Once, for a page that hears of changes by another page of its browser. */
static int
answer_look(struct exchange *x)
{
	int64_t since_ms = time_of(x, "look"), now_ms = clock_file_ms();
	enum live_change change = LIVE_NOTHING;
	struct buf b;

	if (!is_of_this_folder(x))
		change = LIVE_PAGE;
	else if (since_ms > 0)
		change = live_changed_since(since_ms);
	if (change != LIVE_NOTHING)
		now_ms = heeded(now_ms, since_ms);
	buf_init(&b, 256);
	buf_addf(&b, "%s %" PRId64 "\n", word(change), now_ms);
	web_made(x, 200, "text/plain; charset=utf-8", &b);
	web_fieldz(x, "Cache-Control", "no-store");
	return 0;
}

static int
answer_stream(struct exchange *x)
{
	struct stream *s = stream_new(time_of(x, "since"));

	if (s == NULL) {
		log_error("--live: inotify: %s", strerror(errno));
		return web_page(x, 503, "cannot watch the directory");
	}
	if (!is_of_this_folder(x))
		s->missed = LIVE_PAGE;
	if (s->missed != LIVE_NOTHING)
		s->at_ms = heeded(s->at_ms, s->since_ms);
	web_pieces(x, 200, "text/event-stream", REPLY_OPEN_END, next_event,
	    stream_done, s);
	web_fieldz(x, "Cache-Control", "no-store");
	return 0;
}

int
live_answer(struct exchange *x)
{
	char look[2];
	int done;

	if (web_is(x, LIVE_SCRIPT))
		return answer_script(x);
	if (!root_is_there(x, &done))
		return done;
	return web_query(x, "look", look, sizeof(look)) != -1 ?
	    answer_look(x) :
	    answer_stream(x);
}
