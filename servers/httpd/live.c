/*
 * live.c - pages that reload themselves when a file changes.
 */
#include "httpd/live.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/num.h"
#include "httpd/live_watch.h"
#include "httpd/site.h"
#include "system/clock.h"
#include "system/log.h"

#define STREAM_PATH "/.berth/live"
#define SCRIPT_PATH "/.berth/live.js"
#define PULSE_MS    15000 /* a comment so often, to notice who is gone */
#define GATHER_MS   60    /* changes seldom come alone */

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
    "{ shut(); location.reload(); });\n"
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

static bool
is_path(const struct exchange *x, const char *path)
{
	return slice_is(x->r->uri.path, path);
}

bool
live_wants(const struct exchange *x)
{
	return site.live && x->r->method == HTTP_GET &&
	    (is_path(x, STREAM_PATH) || is_path(x, SCRIPT_PATH));
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
	web_begin(x, 200);
	web_fieldz(x, "Cache-Control", "no-cache");
	web_fieldz(x, "Content-Type", "text/javascript; charset=utf-8");
	return web_send(x, slice_of(script));
}

/* Tell an event; its data is the time up to which the page then knows. */
static int
tell(struct exchange *x, const char *event)
{
	struct buf b;
	int status;

	buf_init(&b, 256);
	buf_addf(&b, "event: %s\ndata: %" PRId64 "\n\n", event,
	    clock_wall_us() / 1000);
	status = web_more(x, buf_slice(&b));
	buf_free(&b);
	return status;
}

static int
tell_change(struct exchange *x, enum live_change change)
{
	if (change == LIVE_NOTHING)
		return 0;
	return tell(x, change == LIVE_STYLE ? "style" : "page");
}

/*
 * Has the client gone, or anything else that ends the stream?  Nothing that it
 * says now matters, and conn->in still holds its request.
 */
static bool
is_over(const struct exchange *x)
{
	char waste[1024];
	ssize_t got;

	if (conn_draining())
		return true;
	got = recv(x->c->fd, waste, sizeof(waste), MSG_DONTWAIT);
	if (got > 0)
		x->c->received += (size_t)got;
	return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

static enum live_change
gather(int watch)
{
	struct pollfd p = { .fd = watch, .events = POLLIN };

	live_hear(watch);
	/* Bounded: a build that writes all the time is told in parts. */
	for (int i = 0; i < 10 && poll(&p, 1, GATHER_MS) > 0; i++)
		live_hear(watch);
	return live_news();
}

static int
stream(struct exchange *x, int watch)
{
	int status = 0, n;

	while (status == 0) {
		struct pollfd p[2] = {
			{ .fd = watch, .events = POLLIN },
			{ .fd = x->c->fd, .events = POLLIN },
		};

		n = poll(p, 2, PULSE_MS);
		if ((n < 0 || p[1].revents != 0) && is_over(x))
			break;
		conn_deadline(x->c, PULSE_MS);
		if (n == 0)
			status = web_more(x, slice_of(":\n\n"));
		else if (n > 0 && p[0].revents != 0)
			status = tell_change(x, gather(watch));
	}
	x->close = true;
	return status;
}

static int
answer_stream(struct exchange *x)
{
	struct slice since = { NULL, 0 };
	enum live_change missed;
	uint64_t since_ms = 0;
	int watch, status;

	if (uri_query(x->r->uri.query, "since", &since))
		num_within(since, 0, INT64_MAX, &since_ms);
	watch = live_watch(site.dir, (int64_t)since_ms, &missed);
	if (watch < 0) {
		log_error("--live: inotify: %s", strerror(errno));
		return web_page(x, 503, "cannot watch the directory");
	}
	web_begin(x, 200);
	web_fieldz(x, "Content-Type", "text/event-stream");
	web_fieldz(x, "Cache-Control", "no-store");
	status = web_send_head(x, WEB_OPEN_END);
	if (status == 0)
		status = tell(x, "hello");
	if (status == 0)
		status = tell_change(x, missed);
	if (status == 0)
		status = stream(x, watch);
	close(watch);
	return status;
}

int
live_answer(struct exchange *x)
{
	return is_path(x, SCRIPT_PATH) ? answer_script(x) : answer_stream(x);
}
