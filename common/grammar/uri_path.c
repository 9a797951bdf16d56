/*
 * uri_path.c - percent-encoding: undone once, made where we print.
 */
#include "grammar/uri.h"

#include <string.h>

#include "bytes/ascii.h"

/* The byte that begins s, decoded; s moves on.  Or a negative uri_status. */
static int
next_byte(struct slice *s, bool lines)
{
	int high, low, c = (unsigned char)s->p[0];
	size_t used = 1;

	if (c == '%') {
		high = s->n < 3 ? -1 : ascii_hex(s->p[1]);
		low = s->n < 3 ? -1 : ascii_hex(s->p[2]);
		if (high < 0 || low < 0)
			return URI_BAD_ESCAPE;
		c = high * 16 + low;
		used = 3;
	}
	*s = slice_from(*s, used);
	if (c == '\0')
		return URI_NUL;
	if (!lines && (c == '\r' || c == '\n'))
		return URI_CONTROL;
	return c == '/' ? URI_HIDDEN_SLASH : c;
}

/*
 * Decode one segment to `to`.  Returns its length or a uri_status.
 */
static ssize_t
segment(struct slice s, bool lines, char *to, size_t size)
{
	size_t n = 0;

	for (; s.n > 0; n++) {
		int c = next_byte(&s, lines);

		if (c < 0)
			return c;
		if (n >= size)
			return URI_TOO_LONG;
		to[n] = (char)c;
	}
	return (ssize_t)n;
}

/* Take the last segment off "/a/b/": what is left ends in "/", too. */
static size_t
parent(const char *path, size_t n)
{
	n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	return n;
}

/*
 * to always holds a directory's path ("/a/b/") while segments are added.
 */
static ssize_t
decode(struct slice path, bool lines, char *to, size_t size)
{
	size_t n = 1;

	if (size < 2)
		return URI_TOO_LONG;
	to[0] = '/';
	while (path.p != NULL) {
		struct slice raw = slice_cut(&path, '/');
		ssize_t got = segment(raw, lines, to + n, size - 1 - n);
		struct slice name = { to + n, got < 0 ? 0 : (size_t)got };

		if (got < 0)
			return got;
		if (slice_is(name, "..")) {
			if (n == 1)
				return URI_ABOVE_ROOT;
			n = parent(to, n);
		} else if (name.n > 0 && !slice_is(name, ".")) {
			n += name.n;
			if (path.p != NULL) {
				if (n + 1 >= size)
					return URI_TOO_LONG;
				to[n++] = '/';
			}
		}
	}
	to[n] = '\0';
	return (ssize_t)n;
}

ssize_t
uri_path(struct slice path, char *to, size_t size)
{
	return decode(path, false, to, size);
}

ssize_t
uri_path_with_lines(struct slice path, char *to, size_t size)
{
	return decode(path, true, to, size);
}

size_t
uri_decode(struct slice s, bool plus, char *to)
{
	size_t n = 0;

	while (s.n > 0) {
		int high = s.n < 3 ? -1 : ascii_hex(s.p[1]);
		int low = s.n < 3 ? -1 : ascii_hex(s.p[2]);

		if (s.p[0] == '%' && high >= 0 && low >= 0) {
			to[n++] = (char)(high * 16 + low);
			s = slice_from(s, 3);
			continue;
		}
		to[n++] = plus && s.p[0] == '+' ? ' ' : s.p[0];
		s = slice_from(s, 1);
	}
	return n;
}

bool
uri_query(struct slice query, const char *name, struct slice *value)
{
	while (query.p != NULL) {
		struct slice rest = slice_cut(&query, '&');
		struct slice key = slice_cut(&rest, '=');

		if (slice_is(key, name)) {
			*value = rest;
			return true;
		}
	}
	return false;
}

static void
encode(struct buf *b, struct slice s, const char *keep)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (ascii_is(s.p[i], ASCII_UNRESERVED) ||
		    (c != '\0' && strchr(keep, c) != NULL)) {
			buf_addc(b, s.p[i]);
			continue;
		}
		buf_addc(b, '%');
		buf_addc(b, digits[c >> 4]);
		buf_addc(b, digits[c & 15]);
	}
}

/*
 * "&" and "'" may stand in a path, but the result also goes into HTML.
 */
void
uri_encode_path(struct buf *b, struct slice s)
{
	encode(b, s, "/!$()*+,;=:@");
}

void
uri_encode(struct buf *b, struct slice s)
{
	encode(b, s, "");
}
