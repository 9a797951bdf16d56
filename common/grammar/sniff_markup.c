/*
 * sniff_markup.c - text that begins with a tag.
 */
#include <string.h>

#include "bytes/ascii.h"
#include "grammar/sniff_inside.h"

static struct slice
skip_space(struct slice s)
{
	while (s.n > 0 && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
		s = slice_from(s, 1);
	return s;
}

static bool
istarts(struct slice s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && slice_iis((struct slice){ s.p, n }, word);
}

/* Behind the first `end` in s; nothing if there is none. */
static struct slice
behind(struct slice s, const char *end)
{
	const char *at = s.n == 0 ? NULL : memmem(s.p, s.n, end, strlen(end));

	if (at == NULL)
		return (struct slice){ NULL, 0 };
	return slice_between(at + strlen(end), s.p + s.n);
}

/* The root element, behind what XML may have before it. */
static struct slice
root(struct slice s)
{
	for (;;) {
		s = skip_space(s);
		if (slice_starts(s, "<!--"))
			s = behind(slice_from(s, 4), "-->");
		else if (slice_starts(s, "<?"))
			s = behind(slice_from(s, 2), "?>");
		else if (istarts(s, "<!DOCTYPE"))
			s = behind(s, ">");
		else
			return s;
	}
}

/* MIME Sniffing 7.1: a name, and then a blank or ">". */
static bool
is_tag(struct slice s, const char *tag)
{
	size_t n = strlen(tag);

	return istarts(s, tag) &&
	    (s.n == n || s.p[n] == ' ' || s.p[n] == '>' ||
		(s.p[n] >= '\t' && s.p[n] <= '\r'));
}

static bool
is_html(struct slice s)
{
	static const char *const tags[] = { "<!DOCTYPE HTML", "<HTML", "<HEAD",
		"<SCRIPT", "<IFRAME", "<H1", "<DIV", "<FONT", "<TABLE", "<A",
		"<STYLE", "<TITLE", "<B", "<BODY", "<BR", "<P" };

	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (is_tag(s, tags[i]))
			return true;
	return slice_starts(s, "<!--");
}

const char *
sniff_markup(struct slice s)
{
	if (slice_starts(s, "\xef\xbb\xbf"))
		s = slice_from(s, 3);
	s = skip_space(s);
	if (s.n == 0 || s.p[0] != '<')
		return NULL;
	if (is_tag(root(s), "<svg"))
		return "image/svg+xml";
	if (slice_starts(s, "<?xml"))
		return "text/xml";
	return is_html(s) ? "text/html" : NULL;
}
