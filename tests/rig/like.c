/*
 * like.c - is a text as a pattern of lines says?
 */
#include "rig/like.h"

#include <string.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "rig/wire.h"

/* Does a line match a pattern in which "..." is anything? */
static bool
line_matches(struct slice pattern, struct slice line)
{
	const char *dots =
	    pattern.n < 3 ? NULL : memmem(pattern.p, pattern.n, "...", 3);
	struct slice rest;
	size_t n;

	if (dots == NULL)
		return slice_eq(pattern, line);
	n = (size_t)(dots - pattern.p);
	if (line.n < n || memcmp(pattern.p, line.p, n) != 0)
		return false;
	rest = slice_from(pattern, n + 3);
	for (line = slice_from(line, n);; line = slice_from(line, 1)) {
		if (line_matches(rest, line))
			return true;
		if (line.n == 0)
			return false;
	}
}

static bool
matches(struct slice pattern, struct slice text)
{
	struct slice want, got, rest = text;

	if (pattern.n == 0)
		return text.n == 0;
	want = slice_cut(&pattern, '\n');
	if (slice_is(want, "..."))
		for (;; slice_cut(&rest, '\n')) {
			if (matches(pattern, rest))
				return true;
			if (rest.n == 0)
				return false;
		}
	got = slice_cut(&rest, '\n');
	if (text.n == 0)
		return false;
	if (slice_ends(got, "\r"))
		got.n--;
	return line_matches(want, got) && matches(pattern, rest);
}

bool
rig_like(const char *should, const char *is)
{
	struct buf text;
	bool same;

	buf_init(&text, RIG_BUF_MAX);
	buf_addz(&text, is);
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		buf_addc(&text, '\n');
	same = matches(slice_of(should), buf_slice(&text));
	buf_free(&text);
	return same;
}
