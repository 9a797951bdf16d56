/*
 * transfer.c - what stands behind a Content-Transfer-Encoding.
 */
#include "grammar/transfer.h"

#include <string.h>

#include "bytes/ascii.h"
#include "grammar/base64.h"

/* A group is over: add the bytes that its characters make. */
static void
end_group(struct transfer *t, struct buf *out)
{
	uint32_t bits = t->n == 0 ? 0 : t->bits << (4 - t->n) * 6;
	const char bytes[3] = { (char)(bits >> 16), (char)(bits >> 8),
		(char)bits };

	if (t->n > 1)
		buf_add(out, bytes, t->n - 1);
	t->n = 0;
	t->bits = 0;
}

static void
add_base64(struct transfer *t, struct slice in, struct buf *out)
{
	for (size_t i = 0; i < in.n; i++) {
		int value = base64_digit(in.p[i]);

		if (value >= 0) {
			t->bits = t->bits << 6 | (uint32_t)value;
			t->n++;
		}
		if (t->n == 4 || in.p[i] == '=')
			end_group(t, out);
	}
}

/* It was no code: "=" and what was held stand for themselves. */
static void
give_held(struct transfer *t, struct buf *out)
{
	buf_addc(out, '=');
	buf_add(out, t->held, t->held_n);
	t->held_n = 0;
	t->state = TRANSFER_TEXT;
}

/*
 * The byte that comes behind a "=".  Returns whether it was part of the code;
 * otherwise it is text.
 */
static bool
behind_equals(struct transfer *t, char c, struct buf *out)
{
	if (c == '\r' || c == '\n') {
		t->held_n = 0;
		t->state = c == '\r' ? TRANSFER_CR : TRANSFER_TEXT;
		return true;
	}
	if (t->held_n == 0 && ascii_hex(c) >= 0)
		t->state = TRANSFER_DIGIT;
	else if ((c != ' ' && c != '\t') || t->held_n == TRANSFER_BLANKS_MAX) {
		give_held(t, out);
		return false;
	}
	t->held[t->held_n++] = c;
	return true;
}

/* As behind_equals, for the second digit. */
static bool
behind_digit(struct transfer *t, char c, struct buf *out)
{
	if (ascii_hex(c) < 0) {
		give_held(t, out);
		return false;
	}
	buf_addc(out, (char)(16 * ascii_hex(t->held[0]) + ascii_hex(c)));
	t->held_n = 0;
	t->state = TRANSFER_TEXT;
	return true;
}

/* Returns whether c was part of a code. */
static bool
in_code(struct transfer *t, char c, struct buf *out)
{
	switch (t->state) {
	case TRANSFER_EQUALS:
		return behind_equals(t, c, out);
	case TRANSFER_DIGIT:
		return behind_digit(t, c, out);
	case TRANSFER_CR:
		t->state = TRANSFER_TEXT;
		return c == '\n';
	default:
		return false;
	}
}

static void
add_quoted(struct transfer *t, struct slice in, struct buf *out)
{
	for (size_t i = 0; i < in.n;) {
		const char *equals;

		if (t->state != TRANSFER_TEXT && in_code(t, in.p[i], out)) {
			i++;
			continue;
		}
		equals = memchr(in.p + i, '=', in.n - i);
		if (equals == NULL) {
			buf_add(out, in.p + i, in.n - i);
			return;
		}
		buf_adds(out, slice_between(in.p + i, equals));
		i = (size_t)(equals - in.p) + 1;
		t->state = TRANSFER_EQUALS;
	}
}

enum transfer_encoding
transfer_named(struct slice name)
{
	if (slice_iis(name, "base64"))
		return TRANSFER_BASE64;
	if (slice_iis(name, "quoted-printable"))
		return TRANSFER_QUOTED;
	return TRANSFER_IDENTITY;
}

void
transfer_begin(struct transfer *t, enum transfer_encoding encoding)
{
	*t = (struct transfer){ .encoding = encoding };
}

void
transfer_add(struct transfer *t, struct slice encoded, struct buf *out)
{
	if (t->encoding == TRANSFER_BASE64)
		add_base64(t, encoded, out);
	else if (t->encoding == TRANSFER_QUOTED)
		add_quoted(t, encoded, out);
	else
		buf_adds(out, encoded);
}

void
transfer_end(struct transfer *t, struct buf *out)
{
	if (t->encoding == TRANSFER_BASE64)
		end_group(t, out);
	/* "=" and blanks at the very end: a soft line break that was cut. */
	if (t->state == TRANSFER_DIGIT)
		give_held(t, out);
	t->held_n = 0;
	t->state = TRANSFER_TEXT;
}
