/*
 * h1_reply.c - a conversation in HTTP/1.1: from a reply to bytes.
 *
 * The only place that frames: status line, Date, Content-Length or chunks,
 * Connection.  An ordinary reply, head and body, goes out in one call.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "bytes/date.h"
#include "bytes/num.h"
#include "system/clock.h"
#include "web/h1.h"

#define SLICE_MS 50 /* how often --throttle sends */

/* How the end of the body is told. */
enum framing { BY_LENGTH, BY_CHUNKS, BY_CLOSE };

static const struct slice crlf = SLICE("\r\n");

struct slice
web_date_line(void)
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

/* RFC 9110 8.6: no Content-Length with 1xx and 204; we leave it out of 304. */
static bool
has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

static bool
is_silent(const struct exchange *x)
{
	return x->r->method == HTTP_HEAD || !has_body(x->reply.status);
}

/* ---- the head ---- */

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
add_framing(struct buf *b, const struct exchange *x, enum framing framing)
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
	} else if (framing == BY_CHUNKS && !is_silent(x)) {
		buf_adds(b, chunked);
	}
}

static void
add_head(struct h1 *t, enum framing framing)
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
static enum framing
make_head(struct h1 *t)
{
	struct exchange *x = &t->x;
	enum framing framing = BY_LENGTH;

	if (x->reply.fields.failed)
		web_refuse(x, 500, "the fields of the reply are too large");
	if (x->reply.length == REPLY_OPEN_END)
		framing = x->r->minor == 0 ? BY_CLOSE : BY_CHUNKS;
	if (framing == BY_CLOSE || !h1_body_is_done(x))
		x->close = true;
	add_head(t, framing);
	return framing;
}

/* ---- time ---- */

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

static void
rest(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0)
		;
}

/* Bytes that may go at once under --throttle, which rests for them. */
static uint64_t
ration(const struct exchange *x, uint64_t left)
{
	uint64_t n = x->web->bytes_a_second * SLICE_MS / 1000;

	n = n < 1 ? 1 : n;
	n = n < left ? n : left;
	rest((int64_t)(n * 1000 / x->web->bytes_a_second));
	return n;
}

/* ---- bytes of a body, behind what stands in the head's buffer ---- */

/* Of what has been sent since, all but the overhead is body. */
static void
account(struct exchange *x, uint64_t before, uint64_t overhead, uint64_t most)
{
	uint64_t n = x->c->sent - before;

	n = n > overhead ? n - overhead : 0;
	x->sent += n < most ? n : most;
}

static int
flush(struct h1 *t)
{
	int status = 0;

	if (t->head.n > 0)
		status = conn_say(t->x.c, buf_slice(&t->head));
	buf_clear(&t->head);
	return status;
}

static int
put(struct h1 *t, struct slice s, struct slice behind)
{
	struct exchange *x = &t->x;
	struct iovec all[3] = { { t->head.p, t->head.n }, { (void *)s.p, s.n },
		{ (void *)behind.p, behind.n } };
	uint64_t before = x->c->sent, overhead = t->head.n;
	int status, first = t->head.n > 0 ? 0 : 1;

	status =
	    conn_send(x->c, all + first, 3 - first - (behind.n > 0 ? 0 : 1));
	buf_clear(&t->head);
	account(x, before, overhead, s.n);
	return status;
}

static int
put_slowly(struct h1 *t, struct slice s, struct slice behind)
{
	int status = flush(t);

	while (s.n > 0 && status == 0) {
		size_t n = (size_t)ration(&t->x, s.n);

		status = put(t, (struct slice){ s.p, n },
		    n == s.n ? behind : (struct slice){ NULL, 0 });
		s = slice_from(s, n);
	}
	return status;
}

static int
put_file(struct h1 *t, int file, off_t offset, uint64_t n)
{
	struct exchange *x = &t->x;
	uint64_t before = x->c->sent, overhead = t->head.n;
	int status = conn_sendfile(x->c, buf_slice(&t->head), file, offset, n);

	buf_clear(&t->head);
	account(x, before, overhead, n);
	return status;
}

static int
put_file_slowly(struct h1 *t, int file, off_t offset, uint64_t n)
{
	int status = flush(t);

	while (n > 0 && status == 0) {
		uint64_t part = ration(&t->x, n);

		status = put_file(t, file, offset, part);
		offset += (off_t)part;
		n -= part;
	}
	return status;
}

static int
send_bytes(struct h1 *t, struct slice s, struct slice behind)
{
	if (t->x.web->bytes_a_second > 0)
		return put_slowly(t, s, behind);
	return put(t, s, behind);
}

static int
send_file(struct h1 *t, int file, off_t offset, uint64_t n)
{
	if (t->x.web->bytes_a_second > 0)
		return put_file_slowly(t, file, offset, n);
	return put_file(t, file, offset, n);
}

/* ---- pieces ---- */

static int
send_piece(struct h1 *t, const struct piece *p, enum framing framing)
{
	uint64_t n = p->bytes.n > 0 ? p->bytes.n : p->n;
	char digits[NUM_MAX_TEXT];
	bool chunk = framing == BY_CHUNKS;
	int status;

	if (n == 0)
		return 0;
	if (chunk) {
		buf_add(&t->head, digits, num_hex_text(n, digits));
		buf_adds(&t->head, crlf);
	}
	if (p->bytes.n > 0)
		return send_bytes(
		    t, p->bytes, chunk ? crlf : (struct slice){ NULL, 0 });
	status = send_file(t, p->file, p->offset, p->n);
	if (chunk)
		buf_adds(&t->head, crlf);
	return status;
}

/*
 * Wait until the producer has something.  Returns 0, or 1 when the stream is
 * over for another reason, or negative.
 */
static int
wait_for_piece(struct h1 *t, const struct piece *p)
{
	struct exchange *x = &t->x;
	int64_t ms = p->wake_ms < REPLY_WAKE_MS ? p->wake_ms : REPLY_WAKE_MS;
	int seen = flush(t);

	if (seen < 0)
		return seen;
	conn_deadline(x->c, ms + WEB_SEND_MS);
	seen = conn_wait(x->c, CONN_HUNG_UP, p->wake_fd, ms);
	set_deadline(x);
	if (seen == CONN_DRAIN || seen == CONN_ERROR) {
		x->close = true;
		return 1;
	}
	/* A client that only says that it sends no more may have asked more
	 * before: no reason to close. */
	return seen > 0 && (seen & CONN_HUNG_UP) != 0;
}

/* The body was cut short of what the head has promised. */
static int
broken(struct exchange *x)
{
	x->close = true;
	errno = EIO;
	return CONN_ERROR;
}

static int
finish_pieces(struct h1 *t, enum framing framing, uint64_t left)
{
	static const struct slice last = SLICE("0\r\n\r\n");

	if (framing == BY_LENGTH && left > 0)
		return broken(&t->x);
	if (framing == BY_CHUNKS)
		buf_adds(&t->head, last);
	return flush(t);
}

static int
send_pieces(struct h1 *t, enum framing framing)
{
	struct exchange *x = &t->x;
	const struct reply *r = &x->reply;
	uint64_t left = r->length;

	for (;;) {
		struct piece p = { .file = -1, .wake_fd = -1 };
		enum piece_status more = r->next(r->own, &p);
		uint64_t n = p.bytes.n > 0 ? p.bytes.n : p.n;
		int status = 0;

		if (more == PIECE_END)
			return finish_pieces(t, framing, left);
		if (more == PIECE_BROKEN || n > left)
			return broken(x);
		if (more == PIECE_LATER)
			status = wait_for_piece(t, &p);
		else
			status = send_piece(t, &p, framing);
		if (framing == BY_LENGTH && more == PIECE_MORE)
			left -= n;
		if (status < 0)
			return status;
		if (status > 0) /* the client has gone, or we go */
			return finish_pieces(t, framing, left);
	}
}

int
h1_reply(struct h1 *t)
{
	enum framing framing = make_head(t);
	struct exchange *x = &t->x;
	const struct reply *r = &x->reply;

	set_deadline(x);
	if (is_silent(x) || r->length == 0)
		return flush(t);
	switch (r->kind) {
	case REPLY_FILE:
		return send_file(t, r->file, r->offset, r->length);
	case REPLY_PIECES:
		return send_pieces(t, framing);
	case REPLY_BYTES:
		break;
	}
	return send_bytes(t, r->bytes, (struct slice){ NULL, 0 });
}
