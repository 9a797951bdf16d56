/*
 * smtp_xtext.c - text in which + and two digits stand for what SMTP's
 * parameters cannot hold (RFC 3461 4).
 */
#include "grammar/smtp_params.h"

#include "bytes/ascii.h"

/* May it stand for itself? */
static bool
is_plain(char c)
{
	return c >= '!' && c <= '~' && c != '+' && c != '=';
}

/* A hexadecimal digit in upper case, as the RFC wants it, or -1. */
static int
digit(char c)
{
	return c >= 'a' && c <= 'f' ? -1 : ascii_hex(c);
}

/*
 * Cut the next byte that xtext stands for off *rest, which must not be empty.
 * Returns it, or -1.
 */
static int
next(struct slice *rest)
{
	struct slice s = *rest;

	*rest = slice_from(s, 1);
	if (is_plain(s.p[0]))
		return (unsigned char)s.p[0];
	if (s.p[0] != '+' || s.n < 3 || digit(s.p[1]) < 0 || digit(s.p[2]) < 0)
		return -1;
	*rest = slice_from(s, 3);
	return digit(s.p[1]) * 16 + digit(s.p[2]);
}

bool
smtp_is_xtext(struct slice s)
{
	while (s.n > 0)
		if (next(&s) < 0)
			return false;
	return true;
}

int
smtp_xtext_read(struct slice s, struct buf *out)
{
	while (s.n > 0) {
		int c = next(&s);

		if (c < 0)
			return -1;
		buf_addc(out, (char)c);
	}
	return 0;
}

void
smtp_xtext_make(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_plain(s.p[i]))
			buf_addc(out, s.p[i]);
		else
			buf_addf(out, "+%02X", (unsigned char)s.p[i]);
	}
}
