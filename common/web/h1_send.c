/*
 * h1_send.c - a conversation in HTTP/1.1: bytes and ranges of files on their
 * way out, each with what stands before it in t->head, as fast as --throttle
 * has it.
 */
#include <string.h>
#include <time.h>

#include "web/h1_send.h"

#define SLICE_MS 50 /* how often --throttle sends */

/* The time a client may take for a reply. */
void
h1_send_deadline(struct exchange *x)
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

int
h1_flush(struct h1 *t)
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
	int status = h1_flush(t);

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
	int status = h1_flush(t);

	while (n > 0 && status == 0) {
		uint64_t part = ration(&t->x, n);

		status = put_file(t, file, offset, part);
		offset += (off_t)part;
		n -= part;
	}
	return status;
}

int
h1_send_bytes(struct h1 *t, struct slice s, struct slice behind)
{
	if (t->x.web->bytes_a_second > 0)
		return put_slowly(t, s, behind);
	return put(t, s, behind);
}

int
h1_send_file(struct h1 *t, int file, off_t offset, uint64_t n)
{
	if (t->x.web->bytes_a_second > 0)
		return put_file_slowly(t, file, offset, n);
	return put_file(t, file, offset, n);
}
