/*
 * live_place.c - where in a document does the tag of --live go?
 *
 * The tokens that come first, as the HTML Living Standard (13.2.5) and XML 1.0
 * cut them; what lies behind them is never looked at.
 */
#include "httpd/live_place.h"

#include <string.h>

#include "bytes/ascii.h"

/* What is left to look at. */
struct scan {
	struct slice s;
	bool open; /* it ended in the middle of a token */
};

enum live_kind
live_kind_of(const char *type)
{
	struct slice s = slice_of(type);

	if (slice_starts(s, "text/html"))
		return LIVE_HTML;
	return slice_starts(s, "application/xhtml+xml") ||
		slice_starts(s, "image/svg+xml") ?
	    LIVE_XML :
	    LIVE_NO_DOCUMENT;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static size_t
spaces(struct slice s)
{
	size_t n = 0;

	while (n < s.n && is_space(s.p[n]))
		n++;
	return n;
}

/* Bytes up to and with the first of these, 0 if there is none. */
static size_t
through(struct slice s, size_t from, const char *end)
{
	const char *at = from > s.n ?
	    NULL :
	    memmem(s.p + from, s.n - from, end, strlen(end));

	return at == NULL ? 0 : (size_t)(at - s.p) + strlen(end);
}

/* All of these return the size of the token at s; 0: it does not end. */

static size_t
html_comment(struct slice s)
{
	size_t plain, odd;

	if (slice_starts(s, "<!-->"))
		return 5;
	if (slice_starts(s, "<!--->"))
		return 6;
	plain = through(s, 4, "-->");
	odd = through(s, 4, "--!>");
	return plain == 0 || (odd > 0 && odd < plain) ? odd : plain;
}

/* The end of a quoted value that begins at i. */
static size_t
quoted(struct slice s, size_t i)
{
	const char *end = memchr(s.p + i + 1, s.p[i], s.n - i - 1);

	return end == NULL ? s.n : (size_t)(end - s.p) + 1;
}

/* The end of the value that begins at i. */
static size_t
value(struct slice s, size_t i)
{
	i += spaces(slice_from(s, i));
	if (i >= s.n || s.p[i] == '>')
		return i;
	if (s.p[i] == '"' || s.p[i] == '\'')
		return quoted(s, i);
	while (i < s.n && s.p[i] != '>' && !is_space(s.p[i]))
		i++;
	return i;
}

/* A start tag: quotes count only where a value begins. */
static size_t
start_tag(struct slice s)
{
	size_t i = 1;

	while (i < s.n && s.p[i] != '>' && s.p[i] != '/' && !is_space(s.p[i]))
		i++;
	while (i < s.n && s.p[i] != '>') {
		if (s.p[i] == '/' || is_space(s.p[i])) {
			i++;
			continue;
		}
		/* A name; of it, "=" may only be the first byte. */
		for (i++; i < s.n && s.p[i] != '=' && s.p[i] != '>' &&
		     s.p[i] != '/' && !is_space(s.p[i]);
		     i++)
			;
		if (i + spaces(slice_from(s, i)) < s.n &&
		    s.p[i + spaces(slice_from(s, i))] == '=')
			i = value(s, i + spaces(slice_from(s, i)) + 1);
	}
	return i < s.n ? i + 1 : 0;
}

static bool
is_tag(struct slice s, const char *name)
{
	size_t n = strlen(name);

	return s.n > n + 1 && s.p[0] == '<' &&
	    slice_ieq((struct slice){ s.p + 1, n }, slice_of(name)) &&
	    (is_space(s.p[n + 1]) || s.p[n + 1] == '>' || s.p[n + 1] == '/');
}

/* A doctype of XML: brackets, quotes and comments may be in it. */
static size_t
xml_doctype(struct slice s)
{
	bool inside = false;
	size_t i = 2;

	while (i < s.n) {
		struct slice rest = slice_from(s, i);

		if (slice_starts(rest, "<!--")) {
			size_t n = through(rest, 4, "-->");

			if (n == 0)
				return 0;
			i += n;
		} else if (s.p[i] == '"' || s.p[i] == '\'') {
			i = quoted(s, i);
		} else if (s.p[i] == '>' && !inside) {
			return i + 1;
		} else {
			inside = s.p[i] == '[' || (inside && s.p[i] != ']');
			i++;
		}
	}
	return 0;
}

/*
 * Skip what says nothing: spaces, comments, and "<!...>" and "<?...?>".
 * *doctype, if it is not NULL, becomes the end of the last "<!...>".
 */
static void
skip(struct scan *c, enum live_kind kind, const char **doctype)
{
	for (;;) {
		bool xml = kind == LIVE_XML, declares = false;
		size_t n;

		c->s = slice_from(c->s, spaces(c->s));
		if (slice_starts(c->s, "<!--")) {
			n = xml ? through(c->s, 4, "-->") : html_comment(c->s);
		} else if (slice_starts(c->s, "<!")) {
			declares = true;
			n = xml ? xml_doctype(c->s) : through(c->s, 2, ">");
		} else if (slice_starts(c->s, "<?")) {
			n = through(c->s, 2, xml ? "?>" : ">");
		} else {
			return;
		}
		if (n == 0) {
			c->open = true;
			return;
		}
		c->s = slice_from(c->s, n);
		if (declares && doctype != NULL)
			*doctype = c->s.p;
	}
}

/* Step over the start tag of that name, if it comes next. */
static bool
step(struct scan *c, const char *name)
{
	size_t n = is_tag(c->s, name) ? start_tag(c->s) : 0;

	c->s = slice_from(c->s, n);
	return n > 0;
}

/* The charset, where it comes first: it must stand early (13.2.3.2). */
static bool
step_charset(struct scan *c)
{
	size_t n = is_tag(c->s, "meta") ? start_tag(c->s) : 0;

	if (n == 0 || through((struct slice){ c->s.p, n }, 0, "charset") == 0)
		return false;
	c->s = slice_from(c->s, n);
	return true;
}

static const char *
html_place(struct slice s, bool whole)
{
	struct scan c = { s, false };
	const char *at = s.p;

	skip(&c, LIVE_HTML, &at);
	if (c.open && !whole)
		return NULL; /* a doctype may come behind it */
	if (c.open)
		return at;
	if (step(&c, "html")) {
		at = c.s.p;
		skip(&c, LIVE_HTML, NULL);
	}
	if (!c.open && step(&c, "head")) {
		at = c.s.p;
		skip(&c, LIVE_HTML, NULL);
		if (!c.open && step_charset(&c))
			at = c.s.p;
	}
	return at;
}

static const char *
xml_place(struct slice s)
{
	struct scan c = { s, false };
	const char *at;
	size_t n;

	skip(&c, LIVE_XML, NULL);
	if (c.open || c.s.n < 2 || c.s.p[0] != '<')
		return NULL;
	n = start_tag(c.s);
	if (n < 3 || c.s.p[n - 2] == '/')
		return NULL;
	c.s = slice_from(c.s, n);
	at = c.s.p;
	skip(&c, LIVE_XML, NULL);
	n = !c.open && is_tag(c.s, "head") ? start_tag(c.s) : 0;
	return n > 2 && c.s.p[n - 2] != '/' ? c.s.p + n : at;
}

/* UTF-16 or 32, with a mark or by their zeros. */
static bool
is_wide(struct slice s)
{
	return s.n >= 2 &&
	    (memcmp(s.p, "\xff\xfe", 2) == 0 ||
		memcmp(s.p, "\xfe\xff", 2) == 0 ||
		memchr(s.p, '\0', s.n < 4 ? s.n : 4) != NULL);
}

ssize_t
live_place(struct slice begin, enum live_kind kind, bool whole)
{
	struct slice s = begin;
	const char *at = NULL;

	if (kind == LIVE_NO_DOCUMENT || s.n == 0 || is_wide(s))
		return -1;
	if (slice_starts(s, "\xef\xbb\xbf"))
		s = slice_from(s, 3);
	at = kind == LIVE_HTML ? html_place(s, whole) : xml_place(s);
	return at == NULL ? -1 : at - begin.p;
}
