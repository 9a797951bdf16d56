/*
 * mail_word.c - text in header fields.
 */
#include "grammar/mail_word.h"

#include "bytes/ascii.h"
#include "grammar/base64.h"
#include "grammar/mail_address.h"

/* "=?UTF-8?B?" and "?=" leave 63 of 75 characters: 45 bytes. */
#define WORD_BYTES 45

static bool
is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* The text as UTF-8 without control bytes. */
static void
clean(struct slice s, struct buf *out)
{
	bool utf8 = mail_is_utf8(s);

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (ascii_is(s.p[i], ASCII_CTL)) {
			buf_addc(out, ' ');
		} else if (c < 0x80 || utf8) {
			buf_addc(out, s.p[i]);
		} else {
			buf_addc(out, (char)(0xc0 | c >> 6));
			buf_addc(out, (char)(0x80 | (c & 0x3f)));
		}
	}
}

/* As much of s as fits into a word and ends with a character. */
static size_t
word_length(struct slice s)
{
	size_t n = WORD_BYTES;

	if (s.n <= n)
		return s.n;
	while (n > 1 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

void
mail_word(struct slice text, struct buf *out)
{
	struct slice rest;
	struct buf utf8;

	/* "=?" could be taken for a word that it is not. */
	if (is_plain(text) && !slice_starts(text, "=?")) {
		buf_adds(out, text);
		return;
	}
	buf_init(&utf8, 2 * text.n);
	clean(text, &utf8);
	for (rest = buf_slice(&utf8); rest.n > 0;) {
		size_t n = word_length(rest);

		if (rest.p != utf8.p)
			buf_addz(out, "\r\n ");
		buf_addz(out, "=?UTF-8?B?");
		base64_encode((struct slice){ rest.p, n }, out);
		buf_addz(out, "?=");
		rest = slice_from(rest, n);
	}
	buf_free(&utf8);
}

void
mail_parameter(const char *name, struct slice value, struct buf *out)
{
	bool plain = is_plain(value);
	struct buf utf8;

	buf_addf(out, plain ? "%s=\"" : "%s*=UTF-8''", name);
	buf_init(&utf8, 2 * value.n);
	clean(value, &utf8);
	for (size_t i = 0; i < utf8.n; i++) {
		char c = utf8.p[i];

		if (plain && (c == '"' || c == '\\'))
			buf_addf(out, "\\%c", c);
		else if (plain || ascii_is(c, ASCII_ALPHA | ASCII_DIGIT) ||
		    c == '.' || c == '-' || c == '_')
			buf_addc(out, c);
		else
			buf_addf(out, "%%%02X", (unsigned char)c);
	}
	if (plain)
		buf_addc(out, '"');
	buf_free(&utf8);
}
