/*
 * web_reply.c - a conversation in HTTP/1.1: replies.
 */
#include <string.h>
#include <time.h>

#include "bytes/date.h"
#include "bytes/num.h"
#include "web/web.h"
#include "web/web_inside.h"
#include "system/clock.h"

#define PIECE_MS 50 /* how often --throttle sends */

/* The Date field's line, made anew once a second. */
static struct slice
date_line(void)
{
	static char line[sizeof("Date: \r\n") + DATE_MAX_TEXT] = "Date: ";
	static size_t n;
	static int64_t last = -1;
	int64_t now = clock_wall_s();

	if (now != last) {
		n = 6 + date_http(now, line + 6);
		memcpy(line + n, "\r\n", 2);
		n += 2;
		last = now;
	}
	return (struct slice){ line, n };
}

void
web_begin(struct exchange *x, int status)
{
	struct buf *b = x->head;

	buf_clear(b);
	x->status = status;
	if (status == 200) {
		static const struct slice ok =
		    SLICE("HTTP/1.1 200 OK\r\nServer: berth\r\n");

		buf_adds(b, ok);
	} else {
		buf_addf(b, "HTTP/1.1 %d %s\r\nServer: berth\r\n", status,
		    http_reason(status));
	}
	buf_adds(b, date_line());
	buf_adds(b, x->web->fields);
}

void
web_field(struct exchange *x, const char *name, struct slice value)
{
	buf_addz(x->head, name);
	buf_add(x->head, ": ", 2);
	buf_adds(x->head, value);
	buf_add(x->head, "\r\n", 2);
}

void
web_fieldz(struct exchange *x, const char *name, const char *value)
{
	web_field(x, name, slice_of(value));
}

void
web_fieldf(struct exchange *x, const char *name, const char *fmt, ...)
{
	va_list ap;

	buf_addz(x->head, name);
	buf_add(x->head, ": ", 2);
	va_start(ap, fmt);
	buf_addv(x->head, fmt, ap);
	va_end(ap);
	buf_add(x->head, "\r\n", 2);
}

/* RFC 9110 8.6: no Content-Length with 1xx and 204; we leave it out of 304. */
static bool
has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

static void
finish(struct exchange *x, uint64_t length)
{
	static const struct slice close_line = SLICE("Connection: close\r\n");
	static const struct slice keep_line =
	    SLICE("Connection: keep-alive\r\n");
	static const struct slice length_name = SLICE("Content-Length: ");
	char digits[NUM_MAX_TEXT];

	if (length == WEB_OPEN_END || !web_body_is_done(x))
		x->close = true;
	if (length != WEB_OPEN_END && has_body(x->status)) {
		size_t n = num_text(length, digits);

		buf_adds(x->head, length_name);
		buf_add(x->head, digits, n);
		buf_add(x->head, "\r\n", 2);
	}
	if (x->close)
		buf_adds(x->head, close_line);
	else if (x->r->minor == 0)
		buf_adds(x->head, keep_line);
	buf_add(x->head, "\r\n", 2);
}

/* The time a client may take for a reply. */
static void
set_deadline(struct exchange *x)
{
	int64_t ms = 2 * x->web->idle_ms;
	uint64_t rate = WEB_SEND_RATE;

	if (x->web->bytes_a_second > 0 && x->web->bytes_a_second / 2 < rate)
		rate = x->web->bytes_a_second / 2 + 1;
	conn_pace(x->c, ms < WEB_SEND_MS ? ms : WEB_SEND_MS, rate);
}

static bool
is_silent(const struct exchange *x)
{
	return x->r->method == HTTP_HEAD || !has_body(x->status);
}

static void
rest(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0)
		;
}

/* Bytes for the next piece under --throttle. */
static uint64_t
piece(const struct exchange *x, uint64_t left)
{
	uint64_t n = x->web->bytes_a_second * PIECE_MS / 1000;

	n = n < 1 ? 1 : n;
	return n < left ? n : left;
}

static int
more_slowly(struct exchange *x, struct slice s)
{
	int status = 0;

	while (s.n > 0 && status == 0) {
		struct slice part = { s.p, (size_t)piece(x, s.n) };

		rest((int64_t)(part.n * 1000 / x->web->bytes_a_second));
		status = conn_say(x->c, part);
		s = slice_from(s, part.n);
	}
	return status;
}

static int
file_slowly(struct exchange *x, int file, off_t offset, uint64_t n)
{
	int status = 0;

	while (n > 0 && status == 0) {
		uint64_t part = piece(x, n);

		rest((int64_t)(part * 1000 / x->web->bytes_a_second));
		status = conn_sendfile(
		    x->c, (struct slice){ NULL, 0 }, file, offset, part);
		offset += (off_t)part;
		n -= part;
	}
	return status;
}

int
web_send_head(struct exchange *x, uint64_t length)
{
	finish(x, length);
	set_deadline(x);
	return conn_say(x->c, buf_slice(x->head));
}

int
web_more(struct exchange *x, struct slice s)
{
	uint64_t before = x->c->sent;
	int status;

	if (is_silent(x) || s.n == 0)
		return 0;
	status =
	    x->web->bytes_a_second > 0 ? more_slowly(x, s) : conn_say(x->c, s);
	x->sent += x->c->sent - before;
	return status;
}

int
web_more_file(struct exchange *x, int file, off_t offset, uint64_t n)
{
	uint64_t before = x->c->sent;
	int status;

	if (is_silent(x) || n == 0)
		return 0;
	status = x->web->bytes_a_second > 0 ?
	    file_slowly(x, file, offset, n) :
	    conn_sendfile(x->c, (struct slice){ NULL, 0 }, file, offset, n);
	x->sent += x->c->sent - before;
	return status;
}

int
web_send(struct exchange *x, struct slice body)
{
	struct iovec both[2];
	uint64_t before = x->c->sent;
	int status;

	if (x->web->bytes_a_second > 0) {
		status = web_send_head(x, body.n);
		return status < 0 ? status : web_more(x, body);
	}
	finish(x, body.n);
	set_deadline(x);
	both[0] = (struct iovec){ x->head->p, x->head->n };
	both[1] = (struct iovec){ (void *)body.p, body.n };
	before += x->head->n;
	status = conn_send(x->c, both, is_silent(x) || body.n == 0 ? 1 : 2);
	x->sent = x->c->sent > before ? x->c->sent - before : 0;
	return status;
}

int
web_send_file(struct exchange *x, int file, off_t offset, uint64_t n)
{
	uint64_t before = x->c->sent;
	int status;

	if (x->web->bytes_a_second > 0 || is_silent(x)) {
		status = web_send_head(x, n);
		return status < 0 ? status : web_more_file(x, file, offset, n);
	}
	finish(x, n);
	set_deadline(x);
	status = conn_sendfile(x->c, buf_slice(x->head), file, offset, n);
	before += x->head->n;
	x->sent = x->c->sent > before ? x->c->sent - before : 0;
	return status;
}
