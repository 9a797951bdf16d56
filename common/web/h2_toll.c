/*
 * h2_toll.c - a conversation in HTTP/2: what costs the client nothing must not
 * cost us much (RFC 9113 10.5).
 *
 * Frames that carry nothing, or undo what was just done, have a price in
 * milliseconds; time pays it off, and so do bytes of replies that were sent.
 * For each piece of a reply a client may open two windows, as the simplest ones
 * do, the stream's and the connection's.
 * Who owes more than TOLL_MAX is shut out.  So a page may be left by a browser
 * in the middle of all its requests, and no client can go on like that:
 * CVE-2023-44487 (rapid reset), CVE-2025-8671 (the server is made to reset),
 * CVE-2019-9512 (pings), 9513 (priorities), 9515 (settings), 9518 (empty frames).  Floods of CONTINUATION nghttp2 ends.
 */
#include "web/h2.h"

#define TOLL_MAX       10000
#define TOLL_RESET     50 /* 200 at once, then 20 a second */
#define TOLL_SETTINGS  500
#define TOLL_PING      100
#define TOLL_PRIORITY  10
#define TOLL_WINDOW    4
#define TOLL_EMPTY     100
#define TOLL_MALFORMED 200
#define BYTES_A_MS     512 /* sent */

static bool
owes(struct h2 *t, int64_t price)
{
	t->toll_ms -= t->now - t->tolled_at;
	t->tolled_at = t->now;
	if (t->toll_ms < 0)
		t->toll_ms = 0;
	t->toll_ms += price;
	return t->toll_ms > TOLL_MAX;
}

static bool
is_empty(const nghttp2_frame_hd *f)
{
	return f->length == 0 &&
	    (f->flags & (NGHTTP2_FLAG_END_STREAM | NGHTTP2_FLAG_END_HEADERS)) ==
	    0;
}

bool
h2_toll(struct h2 *t, const nghttp2_frame_hd *f, const char **why)
{
	switch (f->type) {
	case NGHTTP2_DATA:
	case NGHTTP2_HEADERS:
	case NGHTTP2_CONTINUATION:
		*why = "too many empty frames";
		return is_empty(f) && owes(t, TOLL_EMPTY);
	case NGHTTP2_RST_STREAM:
		*why = "too many requests taken back";
		return owes(t, TOLL_RESET);
	case NGHTTP2_SETTINGS:
		*why = "too many changes of settings";
		return owes(t, TOLL_SETTINGS);
	case NGHTTP2_PING:
		*why = "too many pings";
		return owes(t, TOLL_PING);
	case NGHTTP2_PRIORITY:
	case NGHTTP2_PRIORITY_UPDATE:
		*why = "too many changes of priorities";
		return owes(t, TOLL_PRIORITY);
	case NGHTTP2_WINDOW_UPDATE:
		*why = "too many changes of windows";
		if (t->windows_due > 0) {
			t->windows_due--;
			return false;
		}
		return owes(t, TOLL_WINDOW);
	default:
		return false; /* read over, and never told of */
	}
}

bool
h2_toll_reset(struct h2 *t, const char **why)
{
	*why = "too many requests that had to be broken off";
	return owes(t, TOLL_RESET);
}

bool
h2_toll_malformed(struct h2 *t, const char **why)
{
	*why = "too many malformed messages";
	return owes(t, TOLL_MALFORMED);
}

void
h2_toll_paid(struct h2 *t, size_t bytes)
{
	t->toll_ms -= (int64_t)(bytes / BYTES_A_MS);
	if (bytes > 0)
		t->windows_due += 2;
}
