/*
 * h2.c - a client of HTTP/2 that says exactly the frames it is told to.
 */
#include "rig/h2.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>

#include "bytes/slice.h"
#include "rig/rig.h"

static void
put_number(uint8_t *to, uint32_t n, int bytes)
{
	while (bytes-- > 0) {
		to[bytes] = (uint8_t)n;
		n >>= 8;
	}
}

bool
rig_h2_say(struct rig_h2 *h, unsigned type, unsigned flags, uint32_t id,
    const void *p, size_t n)
{
	uint8_t head[RIG_H2_HEAD];
	struct buf all;
	bool sent;

	put_number(head, (uint32_t)n, 3);
	head[3] = (uint8_t)type;
	head[4] = (uint8_t)flags;
	put_number(head + 5, id, 4);
	buf_init(&all, RIG_BUF_MAX);
	buf_add(&all, head, RIG_H2_HEAD);
	if (n > 0)
		buf_add(&all, p, n);
	sent = rig_send_bytes(h->fd, all.p, all.n);
	buf_free(&all);
	return sent;
}

bool
rig_h2_number(struct rig_h2 *h, unsigned type, uint32_t id, uint32_t n)
{
	uint8_t four[4];

	put_number(four, n, 4);
	return rig_h2_say(h, type, 0, id, four, sizeof(four));
}

bool
rig_h2_set(struct rig_h2 *h, unsigned setting, uint32_t value)
{
	uint8_t six[6];

	put_number(six, setting, 2);
	put_number(six + 2, value, 4);
	return rig_h2_say(h, H2_SETTINGS, 0, 0, six, sizeof(six));
}

/* A string literal without Huffman (RFC 7541 5.2). */
static void
add_string(struct buf *b, struct slice s)
{
	size_t n = s.n;

	if (n < 127) {
		buf_addc(b, (char)n);
	} else {
		buf_addc(b, 127);
		for (n -= 127; n >= 128; n /= 128)
			buf_addc(b, (char)(n % 128 + 128));
		buf_addc(b, (char)n);
	}
	buf_adds(b, s);
}

void
rig_h2_fields(struct buf *b, const char *lines)
{
	struct slice rest = slice_of(lines);

	while (rest.n > 0) {
		struct slice value = slice_cut(&rest, '\n');

		buf_addc(b, 0); /* not indexed, RFC 7541 6.2.2 */
		add_string(b, slice_cut(&value, ' '));
		add_string(b, value);
	}
}

bool
rig_h2_head(struct rig_h2 *h, uint32_t id, unsigned flags, const char *lines)
{
	struct buf b;
	bool sent;

	buf_init(&b, RIG_BUF_MAX);
	rig_h2_fields(&b, lines);
	sent = rig_h2_say(h, H2_HEADERS, flags | H2_END_HEADERS, id, b.p, b.n);
	buf_free(&b);
	return sent;
}

bool
rig_h2_get(struct rig_h2 *h, uint32_t id, const char *path)
{
	struct buf b;
	bool sent;

	buf_init(&b, RIG_BUF_MAX);
	buf_addf(&b,
	    ":method GET\n:scheme http\n:authority localhost\n:path %s\n",
	    path);
	sent = rig_h2_head(h, id, H2_END_STREAM, buf_str(&b));
	buf_free(&b);
	return sent;
}

struct rig_h2 *
rig_h2_bare(int fd)
{
	struct rig_h2 *h = calloc(1, sizeof(*h));
	nghttp2_hd_inflater *inflater;

	if (h == NULL || nghttp2_hd_inflate_new(&inflater) != 0)
		abort();
	h->fd = fd;
	h->greedy = true;
	h->inflater = inflater;
	buf_init(&h->block, RIG_BUF_MAX);
	for (size_t i = 0; i < RIG_H2_STREAMS; i++) {
		buf_init(&h->stream[i].head, RIG_BUF_MAX);
		buf_init(&h->stream[i].body, RIG_BUF_MAX);
	}
	return h;
}
