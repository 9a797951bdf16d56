/*
 * redirects_line.c - one line of _redirects.
 */
#include "httpd/redirects_line.h"

#include <stdlib.h>

#include "bytes/ascii.h"
#include "bytes/num.h"
#include "grammar/uri.h"
#include "httpd/redirects.h"

bool
redirects_word(struct slice *rest, struct slice *word)
{
	size_t n = 0;

	*rest = slice_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	*word = (struct slice){ rest->p, n };
	*rest = slice_from(*rest, n);
	return n > 0 && word->p[0] != '#';
}

static bool
is_url(struct slice s)
{
	return slice_starts(s, "http://") || slice_starts(s, "https://");
}

static const char *
take_from(struct redirect *r, struct slice word)
{
	struct uri u;

	r->from = word;
	if (is_url(word)) {
		if (uri_parse(word, &u) != 0)
			return "not an address";
		r->host = u.host;
		r->from = u.path;
	}
	return rule_pattern_check(r->from);
}

/* No placeholder may choose the host. */
static const char *
check_to(const struct redirect *r)
{
	struct slice s = r->to, rest;

	for (size_t i = 0; i < s.n; i++)
		if (!uri_may_hold(s.p[i]) && s.p[i] != '#')
			return "a byte that may not stand in an address: "
			       "percent-encode it";
	if (!is_url(s))
		return NULL;
	if (r->status == 200 || r->status >= 400)
		return "what answers must lie inside the site: nothing is "
		       "fetched from elsewhere";
	rest = slice_from(s, slice_starts(s, "https") ? 8 : 7);
	rest = slice_cut(&rest, '/');
	for (size_t i = 0; i + 1 < rest.n; i++)
		if (rest.p[i] == ':' && !ascii_is(rest.p[i + 1], ASCII_DIGIT))
			return "no placeholder may stand in the host";
	return rest.n == 0 ? "no host" : NULL;
}

/* "301", "200!" */
static const char *
take_status(struct redirect *r, struct slice word)
{
	static const uint64_t known[] = { 200, 301, 302, 303, 307, 308, 404,
		410 };
	uint64_t status;

	if (slice_ends(word, "!")) {
		r->forced = true;
		word.n--;
	}
	if (num_decimal(word, &status) == NUM_OK)
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (status == known[i]) {
				r->status = (int)status;
				return NULL;
			}
	return "the status is none of 200, 301, 302, 303, 307, 308, 404, 410";
}

static const char *
take_condition(struct redirect *r, struct slice word)
{
	struct slice value = word, name = slice_cut(&value, '=');

	if (!slice_iis(name, "Language") || value.n == 0)
		return "the only condition that is known here is Language= "
		       "(not Country=, Role= or Cookie=)";
	r->languages = value;
	return NULL;
}

static const char *
take_rest(struct redirect *r, struct slice rest)
{
	const char *why = NULL;
	struct slice word;

	if (redirects_word(&rest, &word)) {
		why = ascii_is(word.p[0], ASCII_DIGIT) ?
		    take_status(r, word) :
		    take_condition(r, word);
		while (why == NULL && redirects_word(&rest, &word))
			why = take_condition(r, word);
	}
	return why != NULL ? why : check_to(r);
}

/*
 * Written as conditions are, and where the query's words stand: it would be
 * asked of the query, and never hold.
 */
static const char *
check_query(struct slice word)
{
	struct slice value = word, name = slice_cut(&value, '=');

	if (value.p == NULL)
		return "the second word is neither a path nor an address nor "
		       "name=value";
	if (slice_is(name, "Language"))
		return "Language= stands at the end: /from /to 302 Language=de";
	if (slice_is(name, "Country") || slice_is(name, "Role") ||
	    slice_is(name, "Cookie"))
		return take_condition(&(struct redirect){ .status = 0 }, word);
	return NULL;
}

static const char *
take(struct redirect *r, struct slice word, struct slice rest)
{
	const char *why = take_from(r, word);

	r->query = (struct slice){ NULL, 0 };
	while (why == NULL && redirects_word(&rest, &word)) {
		if (word.p[0] == '/' || is_url(word)) {
			r->to = word;
			return take_rest(r, rest);
		}
		why = check_query(word);
		if (r->query.p == NULL)
			r->query = word;
		r->query = slice_between(r->query.p, word.p + word.n);
	}
	return why != NULL ? why : "where does it lead?";
}

const char *
redirects_line(struct slice line, struct redirect **rules, size_t *n)
{
	struct redirect r = { .status = 301 };
	struct slice rest = line, word;
	struct redirect *more;
	const char *why;

	if (!redirects_word(&rest, &word))
		return NULL;
	if (*n == REDIRECTS_MAX)
		return "too many rules";
	why = take(&r, word, rest);
	if (why != NULL)
		return why;
	more = reallocarray(*rules, *n + 1, sizeof(r));
	if (more == NULL)
		return "out of memory";
	*rules = more;
	more[(*n)++] = r;
	return NULL;
}
