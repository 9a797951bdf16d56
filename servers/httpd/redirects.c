/*
 * redirects.c - the file _redirects: which rule fits, and what comes of it.
 */
#include "httpd/redirects.h"

#include <string.h>

#include "grammar/http_accept.h"
#include "httpd/redirects_line.h"
#include "httpd/rule_file.h"
#include "httpd/vary.h"
#include "system/pages.h"

static struct redirect *rules;
static PAGES_TOGETHER size_t count;

static const char *
take_line(struct slice line)
{
	return redirects_line(line, &rules, &count);
}

static void
clear(void)
{
	count = 0;
}

static PAGES_TOGETHER struct rule_file file = {
	.name = REDIRECTS_NAME, .line = take_line, .clear = clear
};

/* As it is meant, which takes n bytes of the room at *to. */
static struct slice
decode(struct slice text, char **to)
{
	struct slice s = { *to, uri_decode(text, true, *to) };

	*to += s.n;
	return s;
}

/* name=value and name=:placeholder, all of them, in any order. */
static bool
fits_query(const struct redirect *r, struct slice query, struct rule_match *m)
{
	static char room[2 * HTTP_MAX_TARGET], want_room[HTTP_MAX_TARGET];
	struct slice rest = r->query, word;
	char *to = room;

	while (redirects_word(&rest, &word)) {
		struct slice want = word, name = slice_cut(&want, '='), is;
		char key[64], *want_to = want_room;

		if (slice_copy(name, key, sizeof(key)) != 0 ||
		    !uri_query(query, key, &is) ||
		    is.n > sizeof(room) - (size_t)(to - room) ||
		    want.n > sizeof(want_room))
			return false;
		is = decode(is, &to);
		if (slice_starts(want, ":")) {
			if (is.n == 0 ||
			    !rule_match_add(m, slice_from(want, 1), is))
				return false;
		} else if (!slice_eq(decode(want, &want_to), is)) {
			return false;
		}
	}
	return true;
}

/* The language that the client names first. */
static bool
fits_language(const struct redirect *r, const struct http_fields *f)
{
	struct http_list l = { 0 };
	struct slice member, rest, wanted = r->languages, main;

	if (wanted.p == NULL)
		return true;
	if (!http_next(f, "Accept-Language", &l, &member))
		return false;
	member = http_before_params(member, &rest);
	rest = member;
	main = slice_cut(&rest, '-');
	while (wanted.p != NULL) {
		struct slice one = slice_cut(&wanted, ',');

		if (slice_ieq(one, member) || slice_ieq(one, main))
			return true;
	}
	return false;
}

static bool
fits(const struct redirect *r, struct exchange *x, struct slice path,
    struct rule_match *m)
{
	m->n = 0;
	if ((r->host.n > 0 && !slice_ieq(r->host, x->r->host)) ||
	    !rule_pattern_fits(r->from, path, m) ||
	    !fits_query(r, x->r->uri.query, m))
		return false;
	if (r->languages.p != NULL)
		vary_note(x, VARY_LANGUAGE);
	return fits_language(r, &x->r->fields);
}

/* "//host" would lead away: a rule that begins with "/" stays here. */
static struct slice
stay_here(struct slice to)
{
	while (slice_starts(to, "//"))
		to = slice_from(to, 1);
	return to;
}

/* Where to, encoded.  The request's query goes along, before a fragment. */
static void
make_location(struct buf *b, const struct redirect *r, const struct exchange *x,
    const struct rule_match *m)
{
	struct slice fragment = r->to, to = slice_cut(&fragment, '#');

	rule_match_fill(b, to, m);
	if (slice_find(to, '?') == NULL && r->query.n == 0 &&
	    x->r->uri.query.n > 0) {
		buf_addc(b, '?');
		buf_adds(b, x->r->uri.query);
	}
	if (fragment.p != NULL) {
		buf_addc(b, '#');
		rule_match_fill(b, fragment, m);
	}
}

static enum redirects_say
lead(struct exchange *x, const struct redirect *r, const struct rule_match *m)
{
	struct buf location;

	buf_init(&location, 8 * HTTP_MAX_TARGET);
	make_location(&location, r, x, m);
	if (location.failed) {
		web_page(x, 500, "_redirects: the address is too long");
	} else {
		web_redirect(x, r->status, stay_here(buf_slice(&location)));
		web_fieldz(x, "Cache-Control", "no-cache");
	}
	buf_free(&location);
	return REDIRECTS_DONE;
}

/* Another place of the same host. */
static enum redirects_say
rewrite(struct target *p, const struct redirect *r, const struct rule_match *m)
{
	struct buf to;
	struct slice path;
	ssize_t n;

	buf_init(&to, 8 * HTTP_MAX_TARGET);
	rule_match_fill(&to, r->to, m);
	path = buf_slice(&to);
	path = slice_cut(&path, '?');
	n = to.failed ? -1 :
			uri_path(path, p->text + p->host, HTTP_MAX_TARGET + 2);
	buf_free(&to);
	if (n < 0)
		n = (ssize_t)strlen(strcpy(p->text + p->host, "/.none"));
	p->n = p->host + (size_t)n;
	return REDIRECTS_INSIDE;
}

/* A rule that leads to where one is would lead there for ever. */
static bool
is_circle(const struct redirect *r, const struct exchange *x,
    const struct rule_match *m)
{
	struct buf b;
	bool same;

	buf_init(&b, 8 * HTTP_MAX_TARGET);
	rule_match_fill(&b, r->to, m);
	same = slice_eq(stay_here(buf_slice(&b)), x->r->uri.path);
	buf_free(&b);
	return same;
}

enum redirects_say
redirects_ask(struct exchange *x, struct target *p, bool forced, int *status)
{
	struct slice path = target_path(p);
	struct rule_match m;

	if (forced) /* each request asks that first */
		rule_file_look(&file, p, false);
	for (size_t i = 0; i < count; i++) {
		const struct redirect *r = &rules[i];
		bool inside = r->status == 200 || r->status >= 400;

		if (r->forced != forced || !fits(r, x, path, &m))
			continue;
		*status = r->status;
		if (inside)
			return rewrite(p, r, &m);
		if (!is_circle(r, x, &m))
			return lead(x, r, &m);
	}
	return REDIRECTS_NOTHING;
}

void
redirects_prepare(bool single)
{
	rule_file_prepare(&file, single);
}
