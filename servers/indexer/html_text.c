/*
 * html_text.c - what a reader of HTML sees, as plain text.
 */
#include "indexer/html_text.h"

#include <string.h>

#include "bytes/ascii.h"

struct page {
	struct slice rest;
	struct buf *text;
	struct buf *links;
	bool blank; /* a blank goes before the next word ... */
	bool line;  /* ... or a new line */
	bool full;
};

struct tag {
	struct slice name; /* without "/" */
	bool closes;
	struct slice href;
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
fits(const struct buf *b, size_t n)
{
	return !b->failed && n <= b->max - b->n;
}

/* Add a whole character, and what is due before it. */
static void
put(struct page *p, struct slice character)
{
	if (!fits(p->text, character.n + 1)) {
		p->full = true;
		return;
	}
	if ((p->blank || p->line) && p->text->n > 0)
		buf_addc(p->text, p->line ? '\n' : ' ');
	p->blank = p->line = false;
	buf_adds(p->text, character);
}

static bool
one_of(struct slice name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_iis(name, list[i]))
			return true;
	return false;
}

/* Begin a line before and behind: what browsers show as blocks. */
static bool
is_block(struct slice name)
{
	static const char *const blocks[] = { "address", "article",
		"blockquote", "body", "br", "center", "dd", "div", "dl", "dt",
		"fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5",
		"h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
		"section", "table", "tr", "ul" };

	return one_of(name, blocks, sizeof(blocks) / sizeof(blocks[0]));
}

/* What they hold is not shown as text, and is no HTML either. */
static bool
is_hidden(struct slice name)
{
	return slice_iis(name, "script") || slice_iis(name, "style") ||
	    slice_iis(name, "title");
}

static void
skip_blanks(struct slice *s)
{
	while (s->n > 0 && is_blank(s->p[0]))
		*s = slice_from(*s, 1);
}

/* Cut a run of bytes off *s that ends before a blank or one of ends. */
static struct slice
word(struct slice *s, const char *ends)
{
	const char *begin = s->p;

	while (s->n > 0 && !is_blank(s->p[0]) &&
	    (s->p[0] == '\0' || strchr(ends, s->p[0]) == NULL))
		*s = slice_from(*s, 1);
	return slice_between(begin, s->p);
}

/* Behind "=": a value, quoted or not. */
static struct slice
value(struct slice *s)
{
	skip_blanks(s);
	if (s->n > 0 && (s->p[0] == '"' || s->p[0] == '\'')) {
		char quote = s->p[0];

		*s = slice_from(*s, 1);
		return slice_cut(s, quote);
	}
	return word(s, ">");
}

/*
 * One attribute off *s; the first href is kept.
 */
static void
attribute(struct slice *s, struct tag *tag)
{
	struct slice name = word(s, "=>/"), what = { NULL, 0 };

	skip_blanks(s);
	if (s->n > 0 && s->p[0] == '=') {
		*s = slice_from(*s, 1);
		what = value(s);
	} else if (name.n == 0)
		*s = slice_from(*s, 1);
	if (slice_iis(name, "href") && tag->href.p == NULL)
		tag->href = what;
}

/*
 * A tag off *s, which is behind its "<".  One that is not closed takes all
 * there is.
 */
static struct tag
read_tag(struct slice *s)
{
	struct tag tag = { .closes = s->p[0] == '/' };

	if (tag.closes)
		*s = slice_from(*s, 1);
	tag.name = word(s, ">/");
	for (skip_blanks(s); s->n > 0 && s->p[0] != '>'; skip_blanks(s))
		attribute(s, &tag);
	*s = slice_from(*s, 1);
	return tag;
}

/* Skip up to the end tag of name; without one, all there is. */
static void
skip_element(struct slice *s, struct slice name)
{
	while (s->n > 0) {
		struct slice next;

		slice_cut(s, '<');
		next = *s;
		if (next.n <= name.n || next.p[0] != '/')
			continue;
		next = (struct slice){ next.p + 1, name.n };
		if (slice_ieq(next, name)) {
			slice_cut(s, '>');
			return;
		}
	}
}

/* Skip a comment, or a declaration; *s is behind "<!" or "<?". */
static void
skip_declaration(struct slice *s)
{
	const char *end;

	if (!slice_starts(*s, "!--")) {
		slice_cut(s, '>');
		return;
	}
	end = memmem(s->p + 1, s->n - 1, "-->", 3);
	*s = end == NULL ? (struct slice){ NULL, 0 } :
			   slice_from(*s, (size_t)(end - s->p) + 3);
}

/* The target of a link: entities decoded, blanks and controls left out. */
static void
add_link(struct page *p, struct slice href)
{
	struct buf url;

	buf_init(&url, href.n + 1);
	while (href.n > 0) {
		size_t n = html_entity(href, &url);

		if (n == 0) {
			buf_addc(&url, href.p[0]);
			n = 1;
		}
		href = slice_from(href, n);
	}
	if (!fits(p->links, url.n + 1))
		p->full = true;
	else if (!url.failed && url.n > 0) {
		for (size_t i = 0; i < url.n; i++)
			if ((unsigned char)url.p[i] > ' ')
				buf_addc(p->links, url.p[i]);
		buf_addc(p->links, '\n');
	}
	buf_free(&url);
}

/* At a "<".  Returns false when it is just that character. */
static bool
at_tag(struct page *p)
{
	struct slice s = slice_from(p->rest, 1);
	struct tag tag;

	if (s.n == 0)
		return false;
	if (s.p[0] == '!' || s.p[0] == '?')
		skip_declaration(&s);
	else if (ascii_is(s.p[0], ASCII_ALPHA) || s.p[0] == '/') {
		tag = read_tag(&s);
		if (is_block(tag.name))
			p->line = true;
		else if (slice_iis(tag.name, "td") || slice_iis(tag.name, "th"))
			p->blank = true;
		if (!tag.closes && is_hidden(tag.name))
			skip_element(&s, tag.name);
		if (p->links != NULL && tag.href.n > 0 &&
		    (slice_iis(tag.name, "a") || slice_iis(tag.name, "area")))
			add_link(p, tag.href);
	} else
		return false;
	p->rest = s;
	return true;
}

/* A character, an entity, or a blank. */
static void
at_text(struct page *p)
{
	char c = p->rest.p[0];
	char decoded[8];
	struct buf b = { .p = decoded, .cap = sizeof(decoded), .max = 8 };
	size_t n = c == '&' ? html_entity(p->rest, &b) : 0;

	if (n > 0 && !slice_is(buf_slice(&b), "\xc2\xa0")) {
		put(p, buf_slice(&b));
	} else if (n > 0 || is_blank(c)) {
		p->blank = true;
		n = n > 0 ? n : 1;
	} else {
		n = 1;
		while (n < p->rest.n && (p->rest.p[n] & 0xc0) == 0x80)
			n++;
		put(p, (struct slice){ p->rest.p, n });
	}
	p->rest = slice_from(p->rest, n);
}

bool
html_text(struct slice html, struct buf *text, struct buf *links)
{
	struct page p = { .rest = html, .text = text, .links = links };

	p.line = text->n > 0;
	while (p.rest.n > 0)
		if (p.rest.p[0] != '<' || !at_tag(&p))
			at_text(&p);
	return !p.full;
}
