/*
 * message_words.c - the bodies, and what is made of them: a first line, links,
 * the text that is searched.
 */
#include <string.h>

#include "bytes/ascii.h"
#include "indexer/charset.h"
#include "indexer/html_text.h"
#include "indexer/message.h"
#include "indexer/message_inside.h"

#define LINK_MAX ((size_t)2000) /* bytes of one */

/* A character off *rest, and is it one that nobody sees? */
static struct slice
character(struct slice *rest, bool *blank)
{
	static const char *const unseen[] = { "\xc2\xa0", "\xc2\xad",
		"\xcd\x8f", "\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d",
		"\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\x87", "\xef\xbb\xbf",
		"\xe2\x80\xaf", "\xe3\x80\x80" };
	struct slice c = { rest->p, 1 };

	while (c.n < rest->n && (rest->p[c.n] & 0xc0) == 0x80)
		c.n++;
	*rest = slice_from(*rest, c.n);
	*blank = (unsigned char)c.p[0] <= ' ';
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		*blank = *blank || slice_is(c, unseen[i]);
	return c;
}

/* The first words, on one line. */
static void
add_snippet(struct message *m, struct slice rest)
{
	struct buf line;
	size_t n = 0;
	bool due = false, blank;

	buf_init(&line, (size_t)4 * MESSAGE_SNIPPET);
	while (rest.n > 0 && n < MESSAGE_SNIPPET - 4) {
		struct slice c = character(&rest, &blank);

		if (!blank) {
			if (due && n > 0) {
				buf_addc(&line, ' ');
				n++;
			}
			buf_adds(&line, c);
			n++;
		}
		due = blank;
	}
	if (rest.n > 0 && n >= MESSAGE_SNIPPET - 4)
		buf_addz(&line, "...");
	document_set(&m->doc, m->doc.root, "Snippet", buf_slice(&line),
	    (size_t)4 * MESSAGE_SNIPPET);
	buf_free(&line);
}

struct links {
	struct message *m;
	json_t *list;
	GHashTable *seen;
};

static void
add_link(struct links *l, struct slice url)
{
	char *text;

	if ((!slice_starts(url, "http://") && !slice_starts(url, "https://") &&
		!slice_starts(url, "mailto:")) ||
	    url.n > LINK_MAX)
		return;
	if (json_array_size(l->list) == MESSAGE_LINKS_MAX) {
		document_trouble(
		    &l->m->doc, "too many links: some are left out");
		return;
	}
	text = g_strndup(url.p, url.n);
	if (g_hash_table_add(l->seen, text))
		json_array_append_new(
		    l->list, document_string(&l->m->doc, url, LINK_MAX));
}

/* Behind it there may be what ends a sentence. */
static struct slice
url_at(struct slice s)
{
	static const char never[] = "<>\"`{}|\\^";
	static const char last[] = ".,;:!?'*)]";
	size_t n = 0;

	while (n < s.n && n <= LINK_MAX && (unsigned char)s.p[n] > ' ' &&
	    strchr(never, s.p[n]) == NULL)
		n++;
	while (n > 0 && strchr(last, s.p[n - 1]) != NULL)
		n--;
	return (struct slice){ s.p, n };
}

/* "http://" and "https://" in plain text. */
static void
find_links(struct links *l, struct slice text)
{
	while (text.n > 0) {
		struct slice url;
		const char *at = memmem(text.p, text.n, "http", 4);

		if (at == NULL)
			return;
		url = url_at(slice_between(at, text.p + text.n));
		if (!slice_ends(url, "//"))
			add_link(l, url);
		text = slice_between(at + 4, text.p + text.n);
	}
}

static void
add_links(struct message *m, struct slice of_html, struct slice text)
{
	struct links l = { m, json_array(),
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };

	while (of_html.n > 0)
		add_link(&l, slice_cut(&of_html, '\n'));
	find_links(&l, text);
	g_hash_table_unref(l.seen);
	json_object_set_new(m->doc.root, "Links", l.list);
}

/* What is short comes first: it must not be cut. */
static void
add_search(struct message *m, struct slice of_html)
{
	json_t *subject = json_object_get(m->doc.root, "Subject");
	const struct slice all[] = { slice_of(json_string_value(subject)),
		buf_slice(&m->people), buf_slice(&m->files),
		buf_slice(&m->text), of_html, buf_slice(&m->inside) };
	struct buf words;

	buf_init(&words, MESSAGE_SEARCH_MAX);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (words.n > 0 && words.n < words.max && all[i].n > 0)
			buf_addc(&words, '\n');
		if (!charset_add_utf8(all[i], &words))
			break;
	}
	document_set(&m->doc, m->doc.root, "SearchText", buf_slice(&words),
	    MESSAGE_SEARCH_MAX);
	buf_free(&words);
}

void
message_words(struct message *m)
{
	json_t *root = m->doc.root;
	struct slice text = buf_slice(&m->text), html;
	struct buf of_html, links;

	buf_init(&of_html, MESSAGE_BODY_MAX);
	buf_init(&links, MESSAGE_LINKS_MAX * LINK_MAX);
	html_text(buf_slice(&m->html), &of_html, &links);
	html = buf_slice(&of_html);
	document_set(
	    &m->doc, root, "Text", text.n > 0 ? text : html, MESSAGE_BODY_MAX);
	document_set(
	    &m->doc, root, "HTML", buf_slice(&m->html), MESSAGE_BODY_MAX);
	add_snippet(m, html.n > 0 ? html : text);
	add_links(m, buf_slice(&links), text.n > 0 ? text : html);
	add_search(m, html);
	buf_free(&of_html);
	buf_free(&links);
}
