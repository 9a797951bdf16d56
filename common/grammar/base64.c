/*
 * base64.c - bytes as text and back.
 */
#include "grammar/base64.h"

#include <stdint.h>

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One to three bytes as four characters. */
static void
add_group(const unsigned char *p, size_t n, struct buf *out)
{
	uint32_t v = (uint32_t)p[0] << 16;
	char text[4];

	if (n > 1)
		v |= (uint32_t)p[1] << 8;
	if (n > 2)
		v |= p[2];
	text[0] = digits[v >> 18];
	text[1] = digits[v >> 12 & 63];
	text[2] = n > 1 ? digits[v >> 6 & 63] : '=';
	text[3] = n > 2 ? digits[v & 63] : '=';
	buf_add(out, text, sizeof(text));
}

void
base64_encode(struct slice bytes, struct buf *out)
{
	for (; bytes.n > 0; bytes = slice_from(bytes, 3))
		add_group((const unsigned char *)bytes.p,
		    bytes.n < 3 ? bytes.n : 3, out);
}

void
base64_lines(struct slice bytes, struct buf *out)
{
	for (; bytes.n > 0; bytes = slice_from(bytes, BASE64_LINE)) {
		struct slice line = bytes;

		if (line.n > BASE64_LINE)
			line.n = BASE64_LINE;
		base64_encode(line, out);
		buf_addz(out, "\r\n");
	}
}

/* Four characters, of which the last one or two may be padding. */
static int
add_bytes(const char *p, struct buf *out)
{
	size_t n = p[3] != '=' ? 3 : p[2] != '=' ? 2 : 1;
	uint32_t v = 0;
	char bytes[3];

	for (size_t i = 0; i < 4; i++) {
		int digit = i > n ? 0 : base64_digit(p[i]);

		if (digit < 0)
			return -1;
		v = v << 6 | (uint32_t)digit;
	}
	bytes[0] = (char)(v >> 16);
	bytes[1] = (char)(v >> 8);
	bytes[2] = (char)v;
	for (size_t i = n; i < 3; i++)
		if (bytes[i] != 0)
			return -1;
	buf_add(out, bytes, n);
	return 0;
}

int
base64_decode(struct slice text, struct buf *out)
{
	if (text.n % 4 != 0)
		return -1;
	for (; text.n > 0; text = slice_from(text, 4)) {
		if (text.n > 4 && slice_find((struct slice){ text.p, 4 }, '='))
			return -1;
		if (add_bytes(text.p, out) < 0)
			return -1;
	}
	return out->failed ? -1 : 0;
}

int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}
