/*
 * h1_head.c - a conversation in HTTP/1.1: the head of a reply.
 *
 * Status line, Date, the reply's fields, and how the end of its body is told:
 * Content-Length, chunks, or the end of the connection.
 */
#include <string.h>

#include "bytes/date.h"
#include "bytes/num.h"
#include "system/clock.h"
#include "system/pages.h"
#include "web/h1_send.h"

static const struct slice crlf = SLICE("\r\n");

struct slice
web_date_line(void)
{
	static PAGES_TOGETHER char line[sizeof("Date: \r\n") + DATE_MAX_TEXT] =
	    "Date: ";
	static PAGES_TOGETHER size_t n;
	static PAGES_TOGETHER int64_t last = -1;
	int64_t now = clock_wall_s();

	if (now != last) {
		n = 6 + date_http(now, line + 6);
		memcpy(line + n, "\r\n", 2);
		n += 2;
		last = now;
	}
	return (struct slice){ line, n };
}

/* RFC 9110 8.6: no Content-Length with 1xx and 204; we leave it out of 304. */
static bool
has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

bool
h1_is_silent(const struct exchange *x)
{
	return x->r->method == HTTP_HEAD || !has_body(x->reply.status);
}

static void
add_status(struct buf *b, int status)
{
	static const struct slice ok =
	    SLICE("HTTP/1.1 200 OK\r\nServer: berth\r\n");

	if (status == 200)
		buf_adds(b, ok);
	else
		buf_addf(b, "HTTP/1.1 %d %s\r\nServer: berth\r\n", status,
		    http_reason(status));
}

static void
add_framing(struct buf *b, const struct exchange *x, enum h1_framing framing)
{
	static const struct slice chunked =
	    SLICE("Transfer-Encoding: chunked\r\n");
	static const struct slice length_name = SLICE("Content-Length: ");
	char digits[NUM_MAX_TEXT];

	if (framing == BY_LENGTH && has_body(x->reply.status)) {
		size_t n = num_text(x->reply.length, digits);

		buf_adds(b, length_name);
		buf_add(b, digits, n);
		buf_adds(b, crlf);
	} else if (framing == BY_CHUNKS && !h1_is_silent(x)) {
		buf_adds(b, chunked);
	}
}

static void
add_head(struct h1 *t, enum h1_framing framing)
{
	static const struct slice close_line = SLICE("Connection: close\r\n");
	static const struct slice keep_line =
	    SLICE("Connection: keep-alive\r\n");
	static const struct slice type_name = SLICE("Content-Type: ");
	struct exchange *x = &t->x;
	const struct reply *r = &x->reply;
	struct buf *b = &t->head;

	buf_clear(b);
	add_status(b, r->status);
	buf_adds(b, web_date_line());
	buf_adds(b, x->web->fields);
	buf_adds(b, r->lines);
	buf_adds(b, r->more);
	buf_adds(b, buf_slice(&r->fields));
	if (r->type.n > 0) {
		buf_adds(b, type_name);
		buf_adds(b, r->type);
		buf_adds(b, crlf);
	}
	add_framing(b, x, framing);
	if (x->close)
		buf_adds(b, close_line);
	else if (x->r->minor == 0)
		buf_adds(b, keep_line);
	buf_adds(b, crlf);
}

/* Make the head; a reply that cannot be said becomes one that can. */
enum h1_framing
h1_head(struct h1 *t)
{
	struct exchange *x = &t->x;
	enum h1_framing framing = BY_LENGTH;

	if (x->reply.fields.failed)
		web_refuse(x, 500, "the fields of the reply are too large");
	if (x->reply.length == REPLY_OPEN_END)
		framing = x->r->minor == 0 ? BY_CLOSE : BY_CHUNKS;
	if (framing == BY_CLOSE || !h1_body_is_done(x))
		x->close = true;
	add_head(t, framing);
	return framing;
}
