/*
 * rule_pattern.c - the patterns of _headers and _redirects.
 *
 * No step is ever taken back, so no path takes long, whatever the pattern.
 */
#include "httpd/rule_pattern.h"

#include "bytes/ascii.h"
#include "grammar/uri.h"

/* The placeholder that s begins with, without its colon; empty: none. */
static struct slice
name_at(struct slice s)
{
	size_t n = 1;

	if (s.n < 2 || s.p[0] != ':' || !ascii_is(s.p[1], ASCII_ALPHA))
		return (struct slice){ s.p, 0 };
	while (n < s.n &&
	    (ascii_is(s.p[n], ASCII_ALPHA | ASCII_DIGIT) || s.p[n] == '_'))
		n++;
	return slice_between(s.p + 1, s.p + n);
}

const char *
rule_pattern_check(struct slice s)
{
	bool star = false;
	size_t names = 0;

	if (s.n == 0 || s.p[0] != '/')
		return "a path begins with /";
	for (; s.n > 0; s = slice_from(s, 1)) {
		bool name = name_at(s).n > 0;

		if (star && (name || s.p[0] == '*'))
			return "only plain text may stand behind *";
		star = star || s.p[0] == '*';
		names += name || s.p[0] == '*';
	}
	return names > RULE_NAMES_MAX ? "too many placeholders" : NULL;
}

bool
rule_match_add(struct rule_match *m, struct slice name, struct slice value)
{
	if (m->n == RULE_NAMES_MAX)
		return false;
	m->name[m->n] = name;
	m->value[m->n++] = value;
	return true;
}

static struct slice
without_slash(struct slice s)
{
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

/*
 * The byte that the pattern goes on with: paths are decoded, and so is it, and
 * then it is plain, "%2A" too.
 */
static char
next_byte(struct slice *pattern)
{
	size_t n = pattern->n >= 3 && pattern->p[0] == '%' &&
		ascii_hex(pattern->p[1]) >= 0 && ascii_hex(pattern->p[2]) >= 0 ?
	    3 :
	    1;
	char c;

	uri_decode((struct slice){ pattern->p, n }, false, &c);
	*pattern = slice_from(*pattern, n);
	return c;
}

/* What stands behind a placeholder, a slash if nothing. */
static char
byte_ahead(struct slice rest)
{
	return rest.n > 0 ? next_byte(&rest) : '/';
}

/* One segment, or what is before the byte that follows the placeholder. */
static bool
take_value(struct slice *path, char behind, struct slice *value)
{
	size_t n = 0;

	while (n < path->n && path->p[n] != '/' && path->p[n] != behind)
		n++;
	*value = (struct slice){ path->p, n };
	*path = slice_from(*path, n);
	return n > 0;
}

static size_t
count_bytes(struct slice pattern)
{
	size_t n = 0;

	for (; pattern.n > 0; n++)
		next_byte(&pattern);
	return n;
}

/* "*" and the plain text behind it, which must end the path. */
static bool
take_rest(struct slice rest, struct slice path, struct rule_match *m)
{
	static const struct slice splat = SLICE("splat");
	size_t behind = count_bytes(rest);

	if (path.n < behind)
		return false;
	for (size_t i = path.n - behind; i < path.n; i++)
		if (next_byte(&rest) != path.p[i])
			return false;
	return rule_match_add(
	    m, splat, (struct slice){ path.p, path.n - behind });
}

bool
rule_pattern_fits(struct slice pattern, struct slice path, struct rule_match *m)
{
	struct slice rest = without_slash(pattern);

	if (!slice_ends(rest, "*")) /* which takes all */
		path = without_slash(path);
	while (rest.n > 0) {
		struct slice name = name_at(rest), value;

		if (rest.p[0] == '*')
			return take_rest(slice_from(rest, 1), path, m);
		if (name.n > 0) {
			rest = slice_from(rest, name.n + 1);
			if (!take_value(&path, byte_ahead(rest), &value) ||
			    !rule_match_add(m, name, value))
				return false;
			continue;
		}
		/* "/news" fits "/news/" and the star behind it, too. */
		if (path.n == 0 && slice_is(rest, "/*"))
			return take_rest(path, path, m);
		if (path.n == 0 || path.p[0] != next_byte(&rest))
			return false;
		path = slice_from(path, 1);
	}
	return path.n == 0;
}

void
rule_match_fill(struct buf *b, struct slice text, const struct rule_match *m)
{
	bool query = false;

	while (text.n > 0) {
		struct slice name = name_at(text);
		size_t i = 0, n = 1;

		while (name.n > 0 && i < m->n && !slice_eq(m->name[i], name))
			i++;
		if (name.n > 0 && i < m->n) {
			(query ? uri_encode : uri_encode_path)(b, m->value[i]);
			n += name.n;
		} else {
			buf_addc(b, text.p[0]);
			query = query || text.p[0] == '?';
		}
		text = slice_from(text, n);
	}
}
