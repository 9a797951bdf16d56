/*
 * live_wide.c - documents in UTF-16, and the tag of --live in them.
 */
#include "httpd/live_wide.h"

#define MARK 2 /* bytes of U+FEFF, which says how the others are written */

enum live_width
live_wide(struct slice begin)
{
	return slice_starts(begin, "\xff\xfe") ? LIVE_LITTLE_ENDIAN :
	    slice_starts(begin, "\xfe\xff")    ? LIVE_BIG_ENDIAN :
						 LIVE_BYTES;
}

/* What is not ASCII is no token either: any letter will do for it. */
static size_t
narrow(struct slice s, enum live_width width, char *to)
{
	size_t high = width == LIVE_LITTLE_ENDIAN ? 1 : 0, n = 0;

	for (size_t i = MARK; i + 1 < s.n; i += 2) {
		char c = s.p[i + 1 - high];

		to[n++] = s.p[i + high] == 0 && c > 0 && c < 127 ? c : 'x';
	}
	return n;
}

ssize_t
live_wide_place(struct slice begin, enum live_kind kind, bool whole)
{
	static char ascii[LIVE_LOOK_AT / 2]; /* on the stack it is cleared */
	enum live_width width = live_wide(begin);
	struct slice s = begin;
	ssize_t at;

	if (width == LIVE_BYTES)
		return live_place(begin, kind, whole);
	if (s.n > LIVE_LOOK_AT) {
		s.n = LIVE_LOOK_AT;
		whole = false;
	}
	s = (struct slice){ ascii, narrow(s, width, ascii) };
	at = live_place(s, kind, whole);
	return at < 0 ? -1 : MARK + 2 * at;
}

void
live_wide_add(struct buf *b, struct slice ascii, enum live_width width)
{
	for (size_t i = 0; i < ascii.n; i++) {
		if (width == LIVE_BIG_ENDIAN)
			buf_addc(b, '\0');
		buf_addc(b, ascii.p[i]);
		if (width == LIVE_LITTLE_ENDIAN)
			buf_addc(b, '\0');
	}
}
