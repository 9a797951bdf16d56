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

bool
smtp_is_xtext(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_plain(s.p[i]))
			continue;
		if (s.p[i] != '+' || s.n - i < 3 || digit(s.p[i + 1]) < 0 ||
		    digit(s.p[i + 2]) < 0)
			return false;
		i += 2;
	}
	return true;
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
