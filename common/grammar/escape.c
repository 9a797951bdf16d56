/*
 * escape.c - text made harmless for the place where it goes.
 */
#include "grammar/escape.h"

#include <string.h>

#include "bytes/ascii.h"

#define ESCAPE_REST "..."
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static bool
follows(struct slice s, size_t i)
{
	return i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80;
}

size_t
escape_utf8(struct slice s)
{
	unsigned char c, d;

	if (s.n == 0)
		return 0;
	c = (unsigned char)s.p[0];
	if (c < 0x80)
		return 1;
	if (!follows(s, 1))
		return 0;
	d = (unsigned char)s.p[1];
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef) {
		if ((c == 0xe0 && d < 0xa0) || (c == 0xed && d > 0x9f))
			return 0;
		return follows(s, 2) ? 3 : 0;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		if ((c == 0xf0 && d < 0x90) || (c == 0xf4 && d > 0x8f))
			return 0;
		return follows(s, 2) && follows(s, 3) ? 4 : 0;
	}
	return 0;
}

static const char *
html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\n':
	case '\t':
		return NULL;
	default:
		return ascii_is(c, ASCII_CTL) ? REPLACEMENT : NULL;
	}
}

void
escape_html(struct buf *b, struct slice s)
{
	while (s.n > 0) {
		size_t n = escape_utf8(s);
		const char *entity = n == 0 ? REPLACEMENT :
		    n == 1                  ? html_entity(s.p[0]) :
					      NULL;

		if (entity != NULL)
			buf_addz(b, entity);
		else
			buf_add(b, s.p, n);
		s = slice_from(s, n == 0 ? 1 : n);
	}
}

/* What a terminal may obey: C0, C1, the turns of the direction of writing. */
static bool
is_control(const char *p, size_t n)
{
	const unsigned char *c = (const unsigned char *)p;

	if (n == 1)
		return ascii_is(*p, ASCII_CTL);
	if (n == 2)
		return c[0] == 0xc2 && c[1] < 0xa0; /* C1 */
	/* U+202A to U+202E, U+2066 to U+2069 */
	return n == 3 && c[0] == 0xe2 &&
	    ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) ||
		(c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
}

/* The character of a sequence of two or three bytes. */
static unsigned
code_point(const char *p, size_t n)
{
	unsigned c = (unsigned char)p[0], d = (unsigned char)p[1];

	if (n == 2)
		return (c & 0x1f) << 6 | (d & 0x3f);
	return (c & 0x0f) << 12 | (d & 0x3f) << 6 |
	    ((unsigned char)p[2] & 0x3f);
}

static void
json_byte(struct buf *b, char c)
{
	switch (c) {
	case '"':
	case '\\':
		buf_addc(b, '\\');
		buf_addc(b, c);
		break;
	case '\n':
		buf_addz(b, "\\n");
		break;
	case '\r':
		buf_addz(b, "\\r");
		break;
	case '\t':
		buf_addz(b, "\\t");
		break;
	default:
		if (ascii_is(c, ASCII_CTL))
			buf_addf(b, "\\u%04x", (unsigned char)c);
		else
			buf_addc(b, c);
	}
}

void
escape_json(struct buf *b, struct slice s)
{
	while (s.n > 0) {
		size_t n = escape_utf8(s);

		if (n == 0)
			buf_addz(b, REPLACEMENT);
		else if (n == 1)
			json_byte(b, s.p[0]);
		else if (is_control(s.p, n))
			buf_addf(b, "\\u%04x", code_point(s.p, n));
		else
			buf_add(b, s.p, n);
		s = slice_from(s, n == 0 ? 1 : n);
	}
}

void
escape_log(struct buf *b, struct slice s)
{
	static const char digits[] = "0123456789ABCDEF";

	while (s.n > 0) {
		size_t n = 0;
		unsigned char c;

		while (n < s.n && s.p[n] >= ' ' && s.p[n] < 127 &&
		    s.p[n] != '"' && s.p[n] != '\\')
			n++;
		buf_add(b, s.p, n);
		s = slice_from(s, n);
		if (s.n == 0)
			break;
		c = (unsigned char)s.p[0];
		buf_addc(b, '\\');
		if (c == '"' || c == '\\') {
			buf_addc(b, (char)c);
		} else {
			buf_addc(b, 'x');
			buf_addc(b, digits[c >> 4]);
			buf_addc(b, digits[c & 15]);
		}
		s = slice_from(s, 1);
	}
}

void
escape_line(struct buf *b, struct slice s)
{
	while (s.n > 0) {
		size_t plain = 0, n;

		while (plain < s.n && s.p[plain] >= ' ' && s.p[plain] < 127)
			plain++;
		buf_add(b, s.p, plain);
		s = slice_from(s, plain);
		n = escape_utf8(s);
		if (n > 0 && !is_control(s.p, n)) {
			buf_add(b, s.p, n);
			s = slice_from(s, n);
			continue;
		}
		for (n = s.n == 0 ? 0 : n == 0 ? 1 : n; n > 0; n--) {
			buf_addf(b, "\\x%02x", (unsigned char)s.p[0]);
			s = slice_from(s, 1);
		}
	}
}

/* No function makes more of it than it is. */
static bool
is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~' || s.p[i] == '"' ||
		    s.p[i] == '\\' || s.p[i] == '<' || s.p[i] == '&' ||
		    s.p[i] == '>' || s.p[i] == '\'')
			return false;
	return true;
}

void
escape_cut(struct buf *b, struct slice s, escape_fn *escape, size_t most)
{
	size_t start = b->n, fits = start;

	if (s.n <= most && is_plain(s)) {
		escape(b, s);
		return;
	}
	while (s.n > 0 && !b->failed) {
		size_t n = escape_utf8(s);

		n = n == 0 ? 1 : n;
		escape(b, (struct slice){ s.p, n });
		if (b->n - start > most) {
			b->n = fits;
			buf_addz(b, ESCAPE_REST);
			return;
		}
		if (b->n - start <= most - strlen(ESCAPE_REST))
			fits = b->n;
		s = slice_from(s, n);
	}
}
