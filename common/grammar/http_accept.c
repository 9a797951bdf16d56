/*
 * http_accept.c - what would the client rather have?
 */
#include "grammar/http_accept.h"

/* The weight of a member whose parameters are in rest; -1 for nonsense. */
static int
weight_of(struct slice rest)
{
	struct slice name, value;

	while (http_next_param(&rest, &name, &value))
		if (slice_iis(name, "q"))
			return http_weight(value);
	return 1000;
}

int
http_accepts_coding(const struct http_fields *f, const char *coding)
{
	struct http_list l = { 0 };
	struct slice member, rest;
	int exact = -1, any = -1;
	bool identity = slice_is(slice_of(coding), "identity");

	if (http_get(f, "Accept-Encoding").p == NULL)
		return identity ? 1000 : 0;
	while (http_next(f, "Accept-Encoding", &l, &member)) {
		struct slice name = http_before_params(member, &rest);
		int weight = weight_of(rest);

		if (slice_iis(name, "x-gzip"))
			name = (struct slice)SLICE("gzip");
		if (slice_iis(name, coding))
			exact = weight;
		else if (slice_is(name, "*"))
			any = weight;
	}
	if (exact >= 0)
		return exact;
	if (identity)
		return any == 0 ? 0 : 1; /* the last resort, if not refused */
	return any > 0 ? any : 0;
}

/* How closely does a range fit: 0 not at all, 3 to the letter. */
static int
fit(struct slice range, struct slice type)
{
	struct slice sub = range, wanted = type;
	struct slice main_range = slice_cut(&sub, '/');
	struct slice main_type = slice_cut(&wanted, '/');

	if (slice_is(range, "*/*"))
		return 1;
	if (!slice_ieq(main_range, main_type))
		return 0;
	if (slice_is(sub, "*"))
		return 2;
	return slice_ieq(sub, wanted) ? 3 : 0;
}

int
http_accepts_type(const struct http_fields *f, const char *type)
{
	struct http_list l = { 0 };
	struct slice member, rest;
	int best = 0, weight = 0;

	if (http_get(f, "Accept").p == NULL)
		return 1000;
	while (http_next(f, "Accept", &l, &member)) {
		struct slice range = http_before_params(member, &rest);
		int closeness = fit(range, slice_of(type));
		int w = weight_of(rest);

		if (closeness > best && w >= 0) {
			best = closeness;
			weight = w;
		}
	}
	return weight;
}
