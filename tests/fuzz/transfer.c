/*
 * transfer.c - fuzz the decoders of transfer encodings: how the input is cut
 * makes no difference, what comes out is no longer than promised, and what
 * encoders of ours make comes back.  The first byte says which encoding, the
 * second how to cut.
 */
#include <stdint.h>
#include <stdlib.h>

#include "grammar/base64.h"
#include "grammar/transfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decode in pieces of step bytes, 0: in one. */
static void
decode(enum transfer_encoding e, struct slice in, size_t step, struct buf *out)
{
	struct transfer t;

	transfer_begin(&t, e);
	while (in.n > 0) {
		struct slice piece = in;
		size_t before = out->n;

		if (step > 0 && piece.n > step)
			piece.n = step;
		transfer_add(&t, piece, out);
		if (out->n - before > TRANSFER_ROOM(piece.n))
			abort();
		in = slice_from(in, piece.n);
	}
	transfer_end(&t, out);
	if (out->failed)
		abort();
}

static void
same_when_cut(enum transfer_encoding e, struct slice in, size_t step)
{
	struct buf whole, cut;

	buf_init(&whole, in.n + 1);
	buf_init(&cut, in.n + 1);
	decode(e, in, 0, &whole);
	decode(e, in, step, &cut);
	if (!slice_eq(buf_slice(&whole), buf_slice(&cut)))
		abort();
	if (e == TRANSFER_IDENTITY && !slice_eq(buf_slice(&cut), in))
		abort();
	buf_free(&whole);
	buf_free(&cut);
}

static void
comes_back(struct slice in, size_t step)
{
	struct buf text, back;

	buf_init(&text, 9 * in.n + 100);
	buf_init(&back, in.n + 1);
	base64_lines(in, &text);
	decode(TRANSFER_BASE64, buf_slice(&text), step, &back);
	if (!slice_eq(buf_slice(&back), in))
		abort();
	buf_clear(&text);
	buf_clear(&back);
	for (size_t i = 0; i < in.n; i++)
		buf_addf(&text, i % 20 == 19 ? "=%02X= \r\n" : "=%02x",
		    (unsigned char)in.p[i]);
	decode(TRANSFER_QUOTED, buf_slice(&text), step, &back);
	if (!slice_eq(buf_slice(&back), in))
		abort();
	buf_free(&text);
	buf_free(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum transfer_encoding which[] = { TRANSFER_IDENTITY,
		TRANSFER_BASE64, TRANSFER_QUOTED };
	struct slice in;
	size_t step;

	if (size < 2)
		return 0;
	in = (struct slice){ (const char *)data + 2, size - 2 };
	step = data[1] % 31 + 1;
	same_when_cut(which[data[0] % 3], in, step);
	comes_back(in, step);
	return 0;
}
