/*
 * live.c - pages that reload themselves when a file changes.
 */
#include "httpd/live.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/num.h"
#include "httpd/live_feed.h"
#include "httpd/site.h"
#include "system/clock.h"
#include "system/log.h"

#define STREAM_PATH "/.berth/live"
#define SCRIPT_PATH "/.berth/live.js"
#define PULSE_MS    15000 /* a comment so often, to notice who is gone */

/* A stream of events to one page. */
struct stream {
	struct live_listener *listener;
	enum live_change missed; /* to be told at once */
	bool greeted;
	int64_t pulse_at; /* clock_ms() */
	struct buf event;
};

static const char script[] =
    "// Added by berth-httpd --live: reload when a file has changed.\n"
    "(function () {\n"
    "  'use strict';\n"
    "  var since = '', source = null;\n"
    "\n"
    "  function swapStyles() {\n"
    "    document.querySelectorAll('link[rel~=stylesheet]')"
    ".forEach(function (old) {\n"
    "      var url = new URL(old.href, location.href);\n"
    "      if (url.origin !== location.origin) return;\n"
    "      url.searchParams.set('berth-live', since);\n"
    "      var fresh = old.cloneNode();\n"
    "      fresh.href = url.href;\n"
    "      fresh.onload = function () { old.remove(); };\n"
    "      fresh.onerror = function () { fresh.remove(); };\n"
    "      old.after(fresh);\n"
    "    });\n"
    "  }\n"
    "\n"
    "  // In the middle of a build the page may not be there.\n"
    "  function reload() {\n"
    "    fetch(location.href, { method: 'HEAD', cache: 'no-store' })\n"
    "      .then(function (r) { if (!r.ok) throw r; location.reload(); })\n"
    "      .catch(function () { setTimeout(reload, 300); });\n"
    "  }\n"
    "\n"
    "  function shut() {\n"
    "    if (source) source.close();\n"
    "    source = null;\n"
    "  }\n"
    "\n"
    "  function open() {\n"
    "    source = new EventSource('" STREAM_PATH "?since=' + since);\n"
    "    source.addEventListener('hello', function (e) "
    "{ since = e.data; });\n"
    "    source.addEventListener('style', function (e) "
    "{ since = e.data; swapStyles(); });\n"
    "    source.addEventListener('page', function () "
    "{ shut(); reload(); });\n"
    "    source.onerror = function () { shut(); setTimeout(look, 500); };\n"
    "  }\n"
    "\n"
    "  // A hidden page holds no connection; it asks again when it is seen.\n"
    "  function look() {\n"
    "    if (document.hidden) shut();\n"
    "    else if (!source) open();\n"
    "  }\n"
    "\n"
    "  document.addEventListener('visibilitychange', look);\n"
    "  addEventListener('pagehide', shut);\n"
    "  addEventListener('pageshow', look);\n"
    "  look();\n"
    "}());\n";

bool
live_wants(const struct exchange *x)
{
	return site.live && web_reads(x) &&
	    (web_is(x, STREAM_PATH) || web_is(x, SCRIPT_PATH));
}

struct slice
live_tag(void)
{
	static const struct slice tag =
	    SLICE("<script src=\"" SCRIPT_PATH "\"></script>\n");

	return site.live ? tag : (struct slice){ NULL, 0 };
}

static int
answer_script(struct exchange *x)
{
	web_bytes(x, 200, "text/javascript; charset=utf-8", slice_of(script));
	web_fieldz(x, "Cache-Control", "no-cache");
	return 0;
}

/* ---- the stream ---- */

/* Tell an event; its data is the time up to which the page then knows. */
static enum piece_status
tell(struct stream *s, const char *event, struct piece *p)
{
	buf_clear(&s->event);
	buf_addf(&s->event, "event: %s\ndata: %" PRId64 "\n\n", event,
	    clock_wall_us() / 1000);
	p->bytes = buf_slice(&s->event);
	s->pulse_at = clock_ms() + PULSE_MS;
	return PIECE_MORE;
}

static enum piece_status
tell_change(struct stream *s, enum live_change change, struct piece *p)
{
	return tell(s, change == LIVE_STYLE ? "style" : "page", p);
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
		return tell(s, "hello", p);
	}
	s->missed = LIVE_NOTHING;
	if (change == LIVE_NOTHING)
		change = live_news(s->listener);
	if (change != LIVE_NOTHING)
		return tell_change(s, change, p);
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
	s->listener = live_listen(since_ms, &s->missed);
	if (s->listener != NULL)
		return s;
	free(s);
	return NULL;
}

static int
answer_stream(struct exchange *x)
{
	char since[NUM_MAX_TEXT];
	uint64_t since_ms = 0;
	struct stream *s;
	ssize_t n = web_query(x, "since", since, sizeof(since));

	if (n > 0)
		num_within((struct slice){ since, (size_t)n }, 0, INT64_MAX,
		    &since_ms);
	s = stream_new((int64_t)since_ms);
	if (s == NULL) {
		log_error("--live: inotify: %s", strerror(errno));
		return web_page(x, 503, "cannot watch the directory");
	}
	web_pieces(x, 200, "text/event-stream", REPLY_OPEN_END, next_event,
	    stream_done, s);
	web_fieldz(x, "Cache-Control", "no-store");
	return 0;
}

int
live_answer(struct exchange *x)
{
	return web_is(x, SCRIPT_PATH) ? answer_script(x) : answer_stream(x);
}
