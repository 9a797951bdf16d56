/*
 * http_range.c - which bytes does a Range field ask for?
 */
#include "grammar/http_range.h"

#include "bytes/num.h"
#include "grammar/http_fields.h"

enum one { WANTED, MISSED, NONSENSE };

/* Digits that overflow mean "very far", not "wrong". */
static bool
number(struct slice s, uint64_t *value)
{
	return num_decimal(s, value) != NUM_BAD;
}

/* first-pos "-" [ last-pos ], or "-" suffix-length */
static enum one
read_one(struct slice spec, uint64_t size, struct http_span *span)
{
	struct slice last = spec, first;
	uint64_t from, to = UINT64_MAX;

	if (slice_find(spec, '-') == NULL)
		return NONSENSE;
	first = slice_cut(&last, '-');
	if (first.n == 0) {
		if (!number(last, &to))
			return NONSENSE;
		if (to == 0 || size == 0)
			return MISSED;
		span->length = to < size ? to : size;
		span->first = size - span->length;
		return WANTED;
	}
	if (!number(first, &from) || (last.n > 0 && !number(last, &to)) ||
	    to < from)
		return NONSENSE;
	if (from >= size)
		return MISSED;
	span->first = from;
	span->length = (to < size - 1 ? to : size - 1) - from + 1;
	return WANTED;
}

static uint64_t
end_of(const struct http_span *s)
{
	return s->first + s->length;
}

/*
 * Add a span; join it to what it overlaps or touches, in the place of the
 * first of them.
 */
static int
add(struct http_span *span, int n, struct http_span new)
{
	int at = -1, kept = 0;

	for (int i = 0; i < n; i++) {
		uint64_t end;

		if (end_of(&span[i]) < new.first ||
		    end_of(&new) < span[i].first) {
			span[kept++] = span[i];
			continue;
		}
		end = end_of(&span[i]) > end_of(&new) ? end_of(&span[i]) :
							end_of(&new);
		if (span[i].first < new.first)
			new.first = span[i].first;
		new.length = end - new.first;
		if (at < 0)
			at = kept++;
	}
	if (at < 0)
		at = kept++;
	span[at] = new;
	return kept;
}

/* Would the parts cost more than the whole? */
static bool
too_dear(const struct http_span *span, int n, uint64_t size)
{
	uint64_t cost = 0;

	for (int i = 0; i < n; i++)
		cost += span[i].length + HTTP_RANGE_COST;
	return n > 1 && cost > size && cost - size > HTTP_RANGE_SLACK;
}

int
http_ranges(
    struct slice value, uint64_t size, struct http_span span[HTTP_MAX_RANGES])
{
	struct slice rest = value, spec;
	int n = 0, asked = 0;

	if (slice_find(value, '=') == NULL ||
	    !slice_iis(slice_cut(&rest, '='), "bytes"))
		return HTTP_RANGE_WHOLE;
	if (size > INT64_MAX)
		return HTTP_RANGE_WHOLE;
	while (http_next_member(&rest, &spec)) {
		struct http_span one;

		if (++asked > HTTP_MAX_RANGES)
			return HTTP_RANGE_WHOLE;
		switch (read_one(spec, size, &one)) {
		case WANTED:
			n = add(span, n, one);
			break;
		case MISSED:
			break;
		case NONSENSE:
			return HTTP_RANGE_NONE;
		}
	}
	if (n == 0)
		return HTTP_RANGE_NONE;
	return too_dear(span, n, size) ? HTTP_RANGE_WHOLE : n;
}

int
http_content_range(struct slice value, struct http_span *span, uint64_t *size)
{
	struct slice rest = value, unit = slice_cut(&rest, ' '), last, total;
	struct slice first;
	uint64_t from, to;

	if (!slice_iis(unit, "bytes"))
		return -1;
	total = slice_trim(rest);
	last = slice_cut(&total, '/');
	first = slice_cut(&last, '-');
	if (num_decimal(first, &from) != NUM_OK ||
	    num_decimal(last, &to) != NUM_OK || to < from || to == UINT64_MAX)
		return -1;
	*size = UINT64_MAX;
	if (!slice_is(total, "*") &&
	    (num_decimal(total, size) != NUM_OK || to >= *size))
		return -1;
	span->first = from;
	span->length = to - from + 1;
	return 0;
}
