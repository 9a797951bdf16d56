/*
 * listing_html.c - a listing for people.
 *
 * It works without its script, which only filters while one types.
 */
#include <string.h>

#include "grammar/escape.h"
#include "grammar/uri.h"
#include "httpd/listing_readme.h"
#include "httpd/listing_show.h"
#include "httpd/look.h"
#include "httpd/site.h"
#include "httpd/upload_form.h"
#include "system/mime.h"

static const char *const key_names[] = { "name", "size", "date" };
static const char *const key_titles[] = { "Name", "Size", "Changed" };

/* A drawing before a name, 16 by 16, in a colour that suits both papers. */
#define ICON(name, shape)                                                \
	"td." name "{background-image:url(\"data:image/svg+xml,"         \
	"%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' " \
	"fill='none' stroke='%234a90b8' stroke-width='1.3' "             \
	"stroke-linejoin='round' stroke-linecap='round'%3E" shape        \
	"%3C/svg%3E\")}\n"
#define PATH(d) "%3Cpath d='" d "'/%3E"
#define SHEET   PATH("M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3")

static const char head[] =
    "<style>\n"
    "h1 a,h1 b{font-weight:600}\n"
    "h1 i{font-style:normal;color:var(--dim);padding:0 .1em}\n"
    "nav{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;"
    "margin-bottom:.9rem}\n"
    "nav p{margin:0;flex:1 1 auto}\n"
    "nav form{display:flex;gap:.4rem;flex:0 1 18rem}\n"
    "nav input{width:100%;min-width:0}\n"
    "nav span{color:var(--dim);white-space:nowrap}\n"
    "td+td,th+th{text-align:right}\n"
    "td:first-child{background:no-repeat .7rem .68rem/1rem 1rem;"
    "padding-left:2.2rem}\n"
    "td:first-child a{display:block}\n"
    "th:first-child{padding-left:2.2rem}\n"
    "small{font-size:.8em}\n"
    "tr[hidden]{display:none}\n" ICON("d", PATH("M1.5 13V3h5l1.5 2h6.5v8z"))
	ICON("u", PATH("M13 13V9a2 2 0 0 0-2-2H3M6 3.5 2.5 7 6 10.5")) ICON(
	    "f", SHEET) ICON("t",
	    SHEET PATH("M5.5 7.5h5M5.5 9.7h5M5.5 12h3")) ICON("c",
	    SHEET PATH("M7 7.5 5.5 9.5 7 11.5M9 7.5l1.5 2-1.5 2")) ICON("p",
	    PATH("M1.5 2.5h13v11h-13zM1.5 5.5h13M3.5 4h.1M5.3 4h.1")) ICON("i",
	    PATH("M1.5 2.5h13v11h-13zM1.5 11l4-4 3.5 3.5L11 8.5l3.5 3"
		 "M10.5 5.5h.1")) ICON("m",
	    PATH("M1.5 2.5h13v11h-13zM6.5 5.5v5l4-2.5z")) ICON("z",
	    SHEET PATH("M6.5 2v1M7.5 3v1M6.5 4v1M7.5 5v1M6.5 6v1M6 8.5h2v3H6z"))
    /* On a phone the name has the width, and the rest stands below it. */
    "@media(max-width:40rem){body{padding:1rem .75rem}\n"
    "nav form{flex:1 1 100%}\n"
    "table,tbody{display:block}\n"
    "thead,thead tr{display:flex;width:100%}\n"
    "thead tr{border-bottom:1px solid var(--line)}\n"
    "thead th{border:0}\n"
    "thead tr th{flex:0 0 auto}\n"
    "thead tr th:first-child{flex:1 1 auto}\n"
    "tbody tr{display:flex;flex-wrap:wrap;gap:0 1rem;"
    "border-bottom:1px solid var(--line);padding:.45rem .6rem .45rem 0}\n"
    "tbody tr:last-child{border-bottom:0}\n"
    "tbody td{border:0;padding:0 0 0 2.2rem;font-size:.85rem}\n"
    "tbody td:first-child{flex:1 0 100%;font-size:1rem;"
    "background-position:.7rem .28rem}\n"
    "tbody td+td+td{padding-left:0}\n"
    "tbody td:empty{display:none}\n"
    "tbody td:empty+td{padding-left:2.2rem}}\n"
    "</style>\n";

/* Hides rows while one types; Enter asks the server, as without it. */
static const char script[] =
    "<script>\n"
    "(function () {\n"
    "  var box = document.querySelector('input[name=q]');\n"
    "  var rows = document.querySelectorAll('tbody tr[data-n]');\n"
    "  var count = document.getElementById('count');\n"
    "  var all = count.textContent;\n"
    "  box.addEventListener('input', function () {\n"
    "    var word = box.value.toLowerCase(), n = 0;\n"
    "    rows.forEach(function (row) {\n"
    "      row.hidden = row.cells[0].textContent.toLowerCase()"
    ".indexOf(word) < 0;\n"
    "      if (!row.hidden) n++;\n"
    "    });\n"
    "    count.textContent = word ? n + ' of ' + rows.length : all;\n"
    "  });\n"
    "}());\n"
    "</script>\n";

/* Which drawing suits a file? */
static char
icon(const char *name)
{
	static const struct {
		const char *begin;
		char icon;
	} table[] = { { "text/html", 'p' }, { "text/css", 'c' },
		{ "text/javascript", 'c' }, { "text/", 't' }, { "image/", 'i' },
		{ "audio/", 'm' }, { "video/", 'm' },
		{ "application/json", 'c' }, { "application/xml", 'c' },
		{ "application/xhtml", 'p' }, { "application/wasm", 'c' },
		{ "application/zip", 'z' }, { "application/gzip", 'z' },
		{ "application/x-tar", 'z' }, { "application/zstd", 'z' },
		{ "application/x-", 'z' }, { "application/pdf", 't' } };
	const char *type = mime_of_name(slice_of(name));

	for (size_t i = 0; type != NULL && i < sizeof(table) / sizeof(table[0]);
	     i++)
		if (slice_starts(slice_of(type), table[i].begin))
			return table[i].icon;
	return type == NULL ? 't' : 'f';
}

static void
add_shown(struct listing_show *s, struct slice name)
{
	buf_clear(&s->name);
	look_name(&s->name, name);
	escape_html(&s->piece, buf_slice(&s->name));
}

/* ?q=WORD, which the links of the page keep; it begins with this. */
static void
add_word(struct listing_show *s, const char *begin)
{
	if (s->wish.has == NULL)
		return;
	buf_addf(&s->piece, "%sq=", begin);
	uri_encode(&s->piece, slice_of(s->word));
}

/* The head of a column: a link that sorts by it, and the other way round. */
static void
add_column(struct listing_show *s, enum listing_key key)
{
	struct buf *b = &s->piece;
	bool current = key == s->wish.key, down = s->wish.descending;

	buf_addf(b, "<th scope=\"col\"%s><a href=\"?sort=%s&amp;order=%s",
	    !current ? "" :
		down ? " aria-sort=\"descending\"" :
		       " aria-sort=\"ascending\"",
	    key_names[key], current && !down ? "desc" : "asc");
	add_word(s, "&amp;");
	buf_addf(b, "\">%s%s</a></th>", key_titles[key],
	    !current ? "" :
		down ? " &darr;" :
		       " &uarr;");
}

/* Where we are: each part of the path leads there. */
static void
add_crumbs(struct listing_show *s)
{
	struct slice path = buf_slice(&s->path), rest = slice_from(path, 1);
	struct buf *b = &s->piece;

	buf_addz(b, "<h1><a href=\"/\" title=\"the top\">/</a>");
	while (rest.n > 0) {
		struct slice name = slice_cut(&rest, '/');

		if (rest.n == 0) {
			buf_addz(b, "<b aria-current=\"page\">");
			add_shown(s, name);
			buf_addz(b, "</b>");
		} else {
			buf_addz(b, "<a href=\"");
			uri_encode_path(
			    b, slice_between(path.p, name.p + name.n));
			buf_addz(b, "/\">");
			add_shown(s, name);
			buf_addz(b, "</a>");
		}
		buf_addz(b, "<i>/</i>");
	}
	buf_addz(b, "</h1>\n");
}

static void
add_count(struct listing_show *s)
{
	size_t folders = s->list.directories, files = s->list.n - folders;
	struct buf *b = &s->piece;

	buf_addf(b, "<p id=\"count\">%zu folder%s, %zu file%s, ", folders,
	    folders == 1 ? "" : "s", files, files == 1 ? "" : "s");
	look_size(b, s->list.bytes);
	buf_addz(b, "</p>\n");
}

static void
add_bar(struct listing_show *s)
{
	struct buf *b = &s->piece;

	buf_addz(b, "<nav>");
	add_count(s);
	buf_addz(b,
	    "<span>Download as <a href=\"?archive=tar\">.tar</a> or "
	    "<a href=\"?archive=zip\">.zip</a></span>\n"
	    "<form><input type=\"search\" name=\"q\" placeholder=\"Filter\" "
	    "aria-label=\"Filter by name\" value=\"");
	escape_html(b, slice_of(s->word));
	buf_addf(b,
	    "\"><input type=\"hidden\" name=\"sort\" value=\"%s\">"
	    "<input type=\"hidden\" name=\"order\" "
	    "value=\"%s\"></form></nav>\n",
	    key_names[s->wish.key], s->wish.descending ? "desc" : "asc");
}

static void
begin(struct listing_show *s)
{
	struct buf *b = &s->piece;

	buf_clear(&s->name);
	look_name(&s->name, buf_slice(&s->path));
	look_begin(b, buf_slice(&s->name), head);
	buf_adds(b, buf_slice(&s->live));
	buf_addz(b, "<body>\n");
	add_crumbs(s);
	add_bar(s);
	buf_addz(b, "<table>\n<thead><tr>");
	for (int key = BY_NAME; key <= BY_DATE; key++)
		add_column(s, (enum listing_key)key);
	buf_addz(b, "</tr></thead>\n<tbody>\n");
	if (s->path.n > 1)
		buf_addz(b,
		    "<tr><td class=\"u\"><a href=\"../\">../</a></td><td></td>"
		    "<td></td></tr>\n");
}

static void
entry(struct listing_show *s, const struct listing_entry *e)
{
	const char *name = listing_name(&s->list, e);
	const char *slash = e->directory ? "/" : "";
	struct buf *b = &s->piece;

	/* "./" keeps "a:b" from being taken for a scheme. */
	buf_addf(b, "<tr data-n><td class=\"%c\"><a href=\"./",
	    e->directory ? 'd' : icon(name));
	uri_encode_path(b, slice_of(name));
	buf_addf(b, "%s\">", slash);
	add_shown(s, slice_of(name));
	buf_addf(b, "%s</a></td><td>", slash);
	if (!e->directory)
		look_size(b, e->size);
	buf_addz(b, "</td><td>");
	look_time(b, e->modified);
	buf_addz(b, "</td></tr>\n");
}

static void
end(struct listing_show *s)
{
	struct buf *b = &s->piece;

	buf_addz(b, "</tbody>\n</table>\n");
	if (s->list.n == 0 && s->wish.has != NULL) {
		buf_addz(b, "<p>Nothing in here has &ldquo;");
		escape_html(b, slice_of(s->word));
		buf_addz(
		    b, "&rdquo; in its name. <a href=\"?\">Show all</a></p>\n");
	} else if (s->list.n == 0) {
		buf_addz(b, "<p>There is nothing in here.</p>\n");
	}
	upload_form(b, buf_slice(&s->path));
	if (s->wish.has == NULL)
		listing_readme(b, &s->list, s->dir);
	if (s->list.n > 0)
		buf_addz(b, script);
	buf_addz(b, "</body>\n</html>\n");
}

const struct listing_form listing_html = { "text/html; charset=utf-8", begin,
	entry, end };
