/*
 * slice.c - bytes that someone else owns.
 */
#include "bytes/slice.h"

#include <errno.h>
#include <string.h>

#include "bytes/ascii.h"

bool
slice_ieq(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

bool
slice_starts(struct slice a, const char *s)
{
	struct slice b = slice_of(s);

	return a.n >= b.n && slice_eq((struct slice){ a.p, b.n }, b);
}

bool
slice_ends(struct slice a, const char *s)
{
	struct slice b = slice_of(s);

	return a.n >= b.n && slice_eq(slice_from(a, a.n - b.n), b);
}

const char *
slice_find(struct slice a, char c)
{
	return a.n == 0 ? NULL : memchr(a.p, c, a.n);
}

const char *
slice_rfind(struct slice a, char c)
{
	return a.n == 0 ? NULL : memrchr(a.p, c, a.n);
}

struct slice
slice_trim(struct slice a)
{
	while (a.n > 0 && (a.p[0] == ' ' || a.p[0] == '\t'))
		a = slice_from(a, 1);
	while (a.n > 0 && (a.p[a.n - 1] == ' ' || a.p[a.n - 1] == '\t'))
		a.n--;
	return a;
}

struct slice
slice_cut(struct slice *rest, char c)
{
	struct slice all = *rest;
	const char *at = slice_find(all, c);

	if (at == NULL) {
		*rest = (struct slice){ NULL, 0 };
		return all;
	}
	*rest = slice_between(at + 1, all.p + all.n);
	return slice_between(all.p, at);
}

int
slice_copy(struct slice a, char *to, size_t size)
{
	if (size > 0)
		to[0] = '\0';
	if (a.n >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (slice_find(a, '\0') != NULL) {
		errno = EINVAL;
		return -1;
	}
	if (a.n > 0)
		memcpy(to, a.p, a.n);
	to[a.n] = '\0';
	return 0;
}
