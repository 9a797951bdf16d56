/*
 * smtp_data.c - fuzz the reader and the writer of DATA.
 *
 * The first byte chooses how the rest is cut.  Properties:
 *   - cut anyhow, the reader says the same as in one piece;
 *   - what the writer makes of any bytes, the reader gives back (with the
 *     CRLF that the last line may have lacked), to the last byte;
 *   - what the reader gives of what the writer made, the writer makes again:
 *     stuff(unstuff(x)) = x;
 *   - the other ends of lines (mail_ends.h), twice, are what was there, and cut
 *     anyhow the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/mail_ends.h"
#include "grammar/smtp_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
	char *p;
	size_t n;
};

static struct text
room(size_t n)
{
	struct text t = { malloc(n + 1), 0 };

	if (t.p == NULL)
		abort();
	return t;
}

/* Read in pieces of step bytes; *taken is how many it wanted. */
static struct text
unstuff(struct slice in, size_t step, struct smtp_reader *r, size_t *taken)
{
	struct text out = room(in.n + 1);

	*taken = 0;
	smtp_reader_init(r);
	while (*taken < in.n && !r->ended) {
		struct slice piece = slice_from(in, *taken);
		size_t n;

		if (piece.n > step)
			piece.n = step;
		*taken += smtp_reader_take(r, piece, out.p + out.n, &n);
		if (n > piece.n + 1)
			abort();
		out.n += n;
	}
	if (r->size != out.n)
		abort();
	return out;
}

static struct text
stuff(struct slice in, size_t step)
{
	struct text out = room(2 * in.n + SMTP_WRITER_END);
	struct smtp_writer w;

	smtp_writer_init(&w);
	while (in.n > 0) {
		struct slice piece = in;

		if (piece.n > step)
			piece.n = step;
		out.n += smtp_writer_put(&w, piece, out.p + out.n);
		in = slice_from(in, piece.n);
	}
	out.n += smtp_writer_end(&w, out.p + out.n);
	return out;
}

static struct slice
of(struct text t)
{
	return (struct slice){ t.p, t.n };
}

static void
split_invariance(struct slice in, size_t step)
{
	struct smtp_reader a, b;
	size_t taken_a, taken_b;
	struct text whole = unstuff(in, in.n, &a, &taken_a);
	struct text cut = unstuff(in, step, &b, &taken_b);

	if (!slice_eq(of(whole), of(cut)) || taken_a != taken_b ||
	    a.ended != b.ended || a.notices != b.notices)
		abort();
	free(whole.p);
	free(cut.p);
}

static void
there_and_back(struct slice in, size_t step)
{
	struct text wire = stuff(in, step), back, again;
	struct smtp_reader r;
	size_t taken;

	back = unstuff(of(wire), step, &r, &taken);
	if (!r.ended || taken != wire.n)
		abort();
	if (back.n != in.n &&
	    (back.n != in.n + 2 || memcmp(back.p + in.n, "\r\n", 2) != 0))
		abort();
	if (in.n > 0 && memcmp(back.p, in.p, in.n) != 0)
		abort();
	again = stuff(of(back), step);
	if (!slice_eq(of(wire), of(again)))
		abort();
	free(wire.p);
	free(back.p);
	free(again.p);
}

static struct text
ends(struct slice in, size_t step)
{
	struct text out = room(MAIL_ENDS_ROOM(in.n));
	struct mail_ends e = { 0 };

	while (in.n > 0) {
		struct slice piece = { in.p, in.n < step ? in.n : step };

		out.n += mail_ends_put(&e, piece, out.p + out.n);
		in = slice_from(in, piece.n);
	}
	out.n += mail_ends_end(&e, out.p + out.n);
	return out;
}

static void
ends_and_back(struct slice in, size_t step)
{
	struct text whole = ends(in, in.n + 1), cut = ends(in, step), back;

	back = ends(of(cut), step);
	if (!slice_eq(of(whole), of(cut)) || !slice_eq(of(back), in))
		abort();
	free(whole.p);
	free(cut.p);
	free(back.p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in;
	size_t step;

	if (size == 0)
		return 0;
	step = data[0] % 16 + 1;
	in = (struct slice){ (const char *)data + 1, size - 1 };
	split_invariance(in, step);
	there_and_back(in, step);
	ends_and_back(in, step);
	return 0;
}
