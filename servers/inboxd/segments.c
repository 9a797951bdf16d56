/*
 * segments.c - the path of a request held against a pattern.
 */
#include "inboxd/segments.h"

#include <string.h>

#include "grammar/uri.h"
#include "web/web.h"

bool
segments_fit(
    struct slice path, const char *pattern, struct slice part[SEGMENTS_OPEN])
{
	struct slice want = slice_of(pattern);
	int n = 0;

	part[0] = part[1] = (struct slice){ NULL, 0 };
	while (path.p != NULL && want.p != NULL) {
		struct slice have = slice_cut(&path, '/');
		struct slice like = slice_cut(&want, '/');

		if (slice_is(like, "*") && have.n > 0 && n < SEGMENTS_OPEN)
			part[n++] = have;
		else if (!slice_eq(have, like))
			return false;
	}
	return path.p == NULL && want.p == NULL;
}

int
segments_decode(struct slice s, char to[SEGMENT_MAX])
{
	size_t n;

	if (s.n >= SEGMENT_MAX)
		return -1;
	n = uri_decode(s, false, to);
	to[n] = '\0';
	return strlen(to) == n ? 0 : -1;
}

int
segments_second(
    const struct exchange *x, const char *pattern, char to[SEGMENT_MAX])
{
	struct slice part[SEGMENTS_OPEN];

	if (!segments_fit(x->r->uri.path, pattern, part) || part[1].p == NULL)
		return -1;
	return segments_decode(part[1], to);
}
