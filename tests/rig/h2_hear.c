/*
 * h2_hear.c - what a client of HTTP/2 hears, noted.
 */
#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/slice.h"
#include "rig/h2.h"
#include "rig/h2_frame.h"
#include "rig/rig.h"
#include "system/clock.h"

struct rig_h2_stream *
rig_h2_of(struct rig_h2 *h, uint32_t id)
{
	if (id % 2 == 0 || id / 2 >= RIG_H2_STREAMS)
		abort();
	return &h->stream[id / 2];
}

struct slice
rig_h2_field(struct rig_h2 *h, uint32_t id, const char *name)
{
	struct slice rest = buf_slice(&rig_h2_of(h, id)->head);

	while (rest.n > 0) {
		struct slice value = slice_cut(&rest, '\n');

		if (slice_is(slice_cut(&value, ' '), name))
			return value;
	}
	return (struct slice){ "", 0 };
}

static void
over(struct rig_h2 *h, struct rig_h2_stream *s)
{
	if (s->order == 0)
		s->order = ++h->over;
}

static void
note_field(void *with, struct slice name, struct slice value)
{
	struct rig_h2_stream *s = with;

	buf_addf(&s->head, "%.*s %.*s\n", SLICE_FMT(name), SLICE_FMT(value));
	if (slice_is(name, ":status"))
		s->status = atoi(value.p);
}

static void
hear_fields(struct rig_h2 *h, struct rig_h2_stream *s)
{
	if (!rig_h2_decode(h->inflater, (const uint8_t *)h->block.p, h->block.n,
		note_field, s))
		abort();
	s->heads++;
	buf_clear(&h->block);
}

static void
hear_data(struct rig_h2 *h, uint32_t id, const uint8_t *p, size_t n)
{
	struct rig_h2_stream *s = rig_h2_of(h, id);

	buf_add(&s->body, p, n);
	s->frames++;
	if (n == 0 || !h->greedy)
		return;
	rig_h2_number(h, H2_WINDOW_UPDATE, 0, (uint32_t)n);
	rig_h2_number(h, H2_WINDOW_UPDATE, id, (uint32_t)n);
}

static void
hear_settings(struct rig_h2 *h, unsigned flags, const uint8_t *p, size_t n)
{
	if ((flags & H2_ACK) != 0)
		return;
	h->settings = true;
	for (; n >= 6; p += 6, n -= 6)
		if (rig_h2_read(p, 2) < 16)
			h->setting[rig_h2_read(p, 2)] = rig_h2_read(p + 2, 4);
	rig_h2_say(h, H2_SETTINGS, H2_ACK, 0, NULL, 0);
}

static void
hear_goaway(struct rig_h2 *h, const uint8_t *p)
{
	h->goaways++;
	h->last = rig_h2_read(p, 4);
	h->error = rig_h2_read(p + 4, 4);
}

static void
hear_reset(struct rig_h2 *h, struct rig_h2_stream *s, const uint8_t *p)
{
	s->reset = true;
	s->error = rig_h2_read(p, 4);
	over(h, s);
}

static void
note(struct rig_h2 *h, const uint8_t *head, const uint8_t *p, size_t n)
{
	unsigned type = head[3], flags = head[4];
	uint32_t id = rig_h2_read(head + 5, 4);

	switch (type) {
	case H2_HEADERS:
	case H2_CONTINUATION:
		buf_add(&h->block, p, n);
		if ((flags & H2_END_HEADERS) != 0)
			hear_fields(h, rig_h2_of(h, id));
		break;
	case H2_DATA:
		hear_data(h, id, p, n);
		break;
	case H2_SETTINGS:
		hear_settings(h, flags, p, n);
		break;
	case H2_PING:
		if ((flags & H2_ACK) != 0)
			h->pings++;
		else
			rig_h2_say(h, H2_PING, H2_ACK, 0, p, n);
		break;
	case H2_WINDOW_UPDATE:
		if (id > 0)
			rig_h2_of(h, id)->credit += rig_h2_read(p, 4);
		break;
	case H2_GOAWAY:
		hear_goaway(h, p);
		break;
	case H2_RST_STREAM:
		hear_reset(h, rig_h2_of(h, id), p);
		break;
	default:
		break;
	}
	if ((type == H2_HEADERS || type == H2_DATA) &&
	    (flags & H2_END_STREAM) != 0) {
		rig_h2_of(h, id)->ended = true;
		over(h, rig_h2_of(h, id));
	}
}

/* Exactly n bytes, or false: the end may come as a reset, too. */
static bool
receive(struct rig_h2 *h, uint8_t *to, size_t n)
{
	while (n > 0) {
		ssize_t got = rig_receive(h->fd, to, n);

		if (got <= 0)
			return false;
		to += got;
		n -= (size_t)got;
	}
	return true;
}

bool
rig_h2_hear(struct rig_h2 *h)
{
	uint8_t head[RIG_H2_HEAD], *p;
	size_t n;
	bool all;

	if (h->closed || !receive(h, head, RIG_H2_HEAD)) {
		h->closed = true;
		return false;
	}
	n = rig_h2_read(head, 3);
	p = malloc(n + 1);
	all = p != NULL && receive(h, p, n);
	if (all)
		note(h, head, p, n);
	free(p);
	h->closed = !all;
	return all;
}

static bool
explain(const struct rig_h2 *h, const char *what)
{
	rig_fail("h2: %s; %d GOAWAY, the last with error %u", what, h->goaways,
	    h->error);
	return false;
}

bool
rig_h2_until(struct rig_h2 *h, uint32_t id)
{
	while (rig_h2_of(h, id)->order == 0)
		if (!rig_h2_hear(h))
			return explain(h, "closed before a stream was over");
	return true;
}

bool
rig_h2_until_end(struct rig_h2 *h)
{
	int64_t until = rig_deadline();

	while (rig_h2_hear(h))
		if (clock_ms() > until)
			return explain(h, "goes on and on");
	return true;
}

bool
rig_h2_sync(struct rig_h2 *h)
{
	/* The first may be answered before what was asked before it. */
	for (int i = 0; i < 2; i++) {
		size_t pings = h->pings;

		rig_h2_say(h, H2_PING, 0, 0, "12345678", 8);
		while (h->pings == pings)
			if (!rig_h2_hear(h))
				return explain(
				    h, "closed before a ping was answered");
	}
	return true;
}

struct rig_h2 *
rig_h2_open(int fd)
{
	struct rig_h2 *h = rig_h2_bare(fd);

	rig_send(fd, NGHTTP2_CLIENT_MAGIC);
	rig_h2_say(h, H2_SETTINGS, 0, 0, NULL, 0);
	while (!h->settings && rig_h2_hear(h))
		;
	return h;
}
