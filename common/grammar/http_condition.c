/*
 * http_condition.c - conditional requests.
 */
#include "grammar/http_condition.h"

#include "bytes/date.h"

enum strength { STRONG, WEAK };

static bool
is_weak(struct slice etag)
{
	return slice_starts(etag, "W/");
}

static struct slice
opaque(struct slice etag)
{
	return slice_from(etag, is_weak(etag) ? 2 : 0);
}

/*
 * Take the next entity tag of a list.  A backslash escapes nothing inside one
 * (RFC 9110 8.8.3), so this is no list of quoted strings.  What is no tag is
 * skipped up to the next comma.
 */
static bool
next_etag(struct slice *rest, struct slice *etag)
{
	while (rest->n > 0) {
		struct slice s = slice_trim(*rest), tag = opaque(s), after;

		if (tag.n > 0 && tag.p[0] == '"') {
			after = slice_from(tag, 1);
			slice_cut(&after, '"');
			if (after.p != NULL) {
				*etag = slice_between(s.p, after.p);
				*rest = after;
				slice_cut(rest, ',');
				return true;
			}
		}
		slice_cut(rest, ',');
	}
	return false;
}

/* RFC 9110 8.8.3.2 */
static bool
same(struct slice a, struct slice b, enum strength strength)
{
	if (strength == STRONG && (is_weak(a) || is_weak(b)))
		return false;
	return slice_eq(opaque(a), opaque(b));
}

/* Is our tag in a list that may be spread over several fields, or "*"? */
static bool
listed(const struct http_fields *f, const char *name, struct slice etag,
    enum strength strength)
{
	for (size_t i = 0; i < f->n; i++) {
		struct slice rest = f->at[i].value, one;

		if (!slice_iis(f->at[i].name, name))
			continue;
		if (slice_is(rest, "*"))
			return true;
		while (next_etag(&rest, &one))
			if (same(one, etag, strength))
				return true;
	}
	return false;
}

/* A field that must stand once and hold a date. */
static bool
date_in(const struct http_fields *f, const char *name,
    const struct http_validators *v, int64_t *when)
{
	return http_count(f, name) == 1 &&
	    date_parse_http(http_get(f, name), v->now, when) == 0;
}

enum http_condition
http_condition(
    const struct http_fields *f, bool safe, const struct http_validators *v)
{
	int64_t when;

	if (http_count(f, "If-Match") > 0) {
		if (!listed(f, "If-Match", v->etag, STRONG))
			return HTTP_PRECONDITION_FAILED;
	} else if (date_in(f, "If-Unmodified-Since", v, &when)) {
		if (v->modified > when)
			return HTTP_PRECONDITION_FAILED;
	}
	if (http_count(f, "If-None-Match") > 0) {
		if (listed(f, "If-None-Match", v->etag, WEAK))
			return safe ? HTTP_NOT_MODIFIED :
				      HTTP_PRECONDITION_FAILED;
	} else if (safe && date_in(f, "If-Modified-Since", v, &when)) {
		if (v->modified <= when)
			return HTTP_NOT_MODIFIED;
	}
	return HTTP_GO_ON;
}

bool
http_if_range(const struct http_fields *f, const struct http_validators *v)
{
	struct slice value = http_get(f, "If-Range");
	int64_t when;

	if (value.p == NULL)
		return true;
	if (http_count(f, "If-Range") != 1)
		return false;
	if (slice_find(value, '"') != NULL)
		return same(value, v->etag, STRONG);
	/* A date is strong once its second is over, RFC 9110 8.8.2.2. */
	return date_in(f, "If-Range", v, &when) && when == v->modified &&
	    when < v->now;
}
