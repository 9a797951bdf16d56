/*
 * http_fields.c - field lines, and the lists inside their values.
 */
#include "grammar/http_fields.h"

#include "bytes/ascii.h"
#include "grammar/http_fault.h"

/*
 * The end of a line at p: 1 or 2 bytes, 0 for more, or a fault.
 */
static long
line_end(const char *p, const char *end, bool lenient)
{
	if (*p == '\n')
		return lenient ? 1 : HTTP_BARE_LF;
	if (p + 1 == end)
		return 0;
	return p[1] == '\n' ? 2 : HTTP_BARE_CR;
}

static long
parse_name(const char *p, const char *end)
{
	const char *begin = p;

	while (p < end && ascii_is(*p, ASCII_TCHAR))
		p++;
	if (p == end)
		return 0;
	if (*p == ':')
		return p > begin ? p - begin : HTTP_BAD_NAME;
	if (*p == ' ' || *p == '\t')
		return HTTP_SPACE_COLON;
	if (*p == '\r' || *p == '\n')
		return HTTP_NO_COLON;
	return HTTP_BAD_NAME;
}

/*
 * The value at p with its line end.  Returns the bytes of both, 0 for more,
 * or a fault.
 */
static long
parse_value(const char *p, const char *end, const struct http_rules *rules,
    struct slice *value)
{
	const char *begin = p;
	long n;

again:
	while (p < end && (!ascii_is(*p, ASCII_CTL) || *p == '\t'))
		p++;
	if (p == end)
		return 0;
	if (*p != '\r' && *p != '\n')
		return HTTP_BAD_VALUE;
	n = line_end(p, end, rules->lenient_lf);
	if (n <= 0)
		return n;
	if (rules->lenient_fold) {
		if (p + n == end)
			return 0;
		if (p[n] == ' ' || p[n] == '\t') {
			p += n;
			goto again;
		}
	}
	*value = slice_trim(slice_between(begin, p));
	return p + n - begin;
}

long
http_fields_parse(
    struct slice s, const struct http_rules *rules, struct http_fields *f)
{
	const char *p = s.p, *end = s.p + s.n;
	long n;

	f->n = 0;
	while (p < end) {
		struct http_field *field = &f->at[f->n];

		if (*p == '\r' || *p == '\n') {
			n = line_end(p, end, rules->lenient_lf);
			return n > 0 ? p - s.p + n : n;
		}
		if (*p == ' ' || *p == '\t')
			return f->n == 0 ? HTTP_LEADING_SPACE : HTTP_OBS_FOLD;
		if (f->n == HTTP_MAX_FIELDS)
			return HTTP_MANY_FIELDS;
		n = parse_name(p, end);
		if (n <= 0)
			return n;
		field->name = (struct slice){ p, (size_t)n };
		p += n + 1;
		n = parse_value(p, end, rules, &field->value);
		if (n <= 0)
			return n;
		p += n;
		f->n++;
	}
	return 0;
}

static const struct http_field *
find(const struct http_fields *f, struct slice name, size_t from)
{
	char first = ascii_lower(name.p[0]);

	for (size_t i = from; i < f->n; i++) {
		const struct slice *at = &f->at[i].name;

		if (at->n == name.n && ascii_lower(at->p[0]) == first &&
		    slice_ieq(*at, name))
			return &f->at[i];
	}
	return NULL;
}

struct slice
http_get(const struct http_fields *f, const char *name)
{
	const struct http_field *field = find(f, slice_of(name), 0);

	return field == NULL ? (struct slice){ NULL, 0 } : field->value;
}

size_t
http_count(const struct http_fields *f, const char *name)
{
	struct slice wanted = slice_of(name);
	const struct http_field *field = find(f, wanted, 0);
	size_t n = 0;

	while (field != NULL) {
		n++;
		field = find(f, wanted, (size_t)(field - f->at) + 1);
	}
	return n;
}

/* Cut at the first c outside a quoted string. */
static struct slice
cut_unquoted(struct slice *rest, char c)
{
	struct slice all = *rest;
	bool quoted = false;

	for (size_t i = 0; i < all.n; i++) {
		if (all.p[i] == '"')
			quoted = !quoted;
		else if (quoted && all.p[i] == '\\')
			i++;
		else if (!quoted && all.p[i] == c) {
			*rest = slice_from(all, i + 1);
			return (struct slice){ all.p, i };
		}
	}
	*rest = (struct slice){ NULL, 0 };
	return all;
}

bool
http_next_member(struct slice *rest, struct slice *member)
{
	while (rest->n > 0) {
		*member = slice_trim(cut_unquoted(rest, ','));
		if (member->n > 0)
			return true;
	}
	return false;
}

bool
http_next(const struct http_fields *f, const char *name, struct http_list *l,
    struct slice *member)
{
	while (!http_next_member(&l->rest, member)) {
		const struct http_field *field =
		    find(f, slice_of(name), l->field);

		if (field == NULL)
			return false;
		l->field = (size_t)(field - f->at) + 1;
		l->rest = field->value;
	}
	return true;
}

bool
http_has(const struct http_fields *f, const char *name, const char *token)
{
	struct http_list l = { 0 };
	struct slice member;

	while (http_next(f, name, &l, &member))
		if (slice_iis(member, token))
			return true;
	return false;
}

bool
http_is_token(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is(s.p[i], ASCII_TCHAR))
			return false;
	return s.n > 0;
}

struct slice
http_before_params(struct slice member, struct slice *rest)
{
	*rest = member;
	return slice_trim(cut_unquoted(rest, ';'));
}

bool
http_next_param(struct slice *rest, struct slice *name, struct slice *value)
{
	while (rest->n > 0) {
		struct slice one = slice_trim(cut_unquoted(rest, ';'));

		if (one.n == 0)
			continue;
		*name = slice_cut(&one, '=');
		*value = one;
		if (!http_is_token(*name))
			return false;
		if (value->n >= 2 && value->p[0] == '"' &&
		    value->p[value->n - 1] == '"')
			*value = (struct slice){ value->p + 1, value->n - 2 };
		return true;
	}
	return false;
}

int
http_weight(struct slice s)
{
	int weight, unit = 100;

	if (s.n == 0 || s.n > 5 || (s.p[0] != '0' && s.p[0] != '1') ||
	    (s.n > 1 && s.p[1] != '.'))
		return -1;
	weight = (s.p[0] - '0') * 1000;
	for (size_t i = 2; i < s.n; i++, unit /= 10) {
		if (!ascii_is(s.p[i], ASCII_DIGIT))
			return -1;
		weight += (s.p[i] - '0') * unit;
	}
	return weight > 1000 ? -1 : weight;
}
