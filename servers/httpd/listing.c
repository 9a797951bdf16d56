/*
 * listing.c - what is in a directory, for people (HTML) and programs (JSON).
 */
#include "httpd/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "bytes/date.h"
#include "grammar/escape.h"
#include "grammar/http_accept.h"
#include "httpd/listing_read.h"
#include "httpd/live_tag.h"
#include "httpd/open.h"
#include "httpd/site.h"
#include "httpd/upload.h"

#define PIECE_SIZE 16384 /* so much is made at once, and then sent ... */
#define PIECE_MAX  (4 * PIECE_SIZE + 8 * TARGET_MAX) /* ... or a bit more */

/* How it is asked for: ?sort=name|size|date&order=asc|desc */
struct wish {
	enum listing_key key;
	bool descending;
};

/* A listing that is being sent. */
struct sending {
	struct listing list;
	size_t at; /* the next entry */
	bool ended;
	bool json;
	struct wish wish;
	struct buf piece;
	struct buf path; /* as the client sees it */
	struct buf head; /* what --live adds */
};

static const char *const key_names[] = { "name", "size", "date" };
static const char *const key_titles[] = { "Name", "Size", "Changed" };

static const char style[] =
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1d2733;--dim:#5a6b7d;"
    "--paper:#f6f8fa;--line:#d5dde5;--link:#0b6e99}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e3e9ef;--dim:#9dadbd;"
    "--paper:#14191f;--line:#2c3743;--link:#5cc2ef}}\n"
    "body{margin:0 auto;max-width:60rem;padding:1.5rem;"
    "background:var(--paper);color:var(--ink);"
    "font:1rem/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.3rem;overflow-wrap:anywhere}\n"
    "table{width:100%;border-collapse:collapse}\n"
    "th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);"
    "text-align:left;overflow-wrap:anywhere}\n"
    "th a{color:var(--dim)}\n"
    "td+td,th+th{text-align:right;white-space:nowrap;color:var(--dim);"
    "font-variant-numeric:tabular-nums}\n"
    "a{color:var(--link);text-decoration:none}\n"
    "a:hover,a:focus{text-decoration:underline}\n"
    "p{color:var(--dim)}\n"
    "</style>\n";

static struct wish
read_wish(const struct exchange *x)
{
	struct wish w = { BY_NAME, false };
	struct slice v;

	if (uri_query(x->r->uri.query, "sort", &v))
		w.key = slice_is(v, "size") ? BY_SIZE :
		    slice_is(v, "date")     ? BY_DATE :
					      BY_NAME;
	if (uri_query(x->r->uri.query, "order", &v))
		w.descending = slice_is(v, "desc");
	return w;
}

static bool
wants_json(const struct exchange *x)
{
	return http_accepts_type(&x->r->fields, "application/json") >
	    http_accepts_type(&x->r->fields, "text/html");
}

/* 0 B to 1023 B, then 1.0 KiB and so on. */
static void
add_size(struct buf *b, uint64_t n)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB",
		"EiB" };
	uint64_t tenths = n;
	size_t unit = 0;

	if (n < 1024) {
		buf_addf(b, "%ju B", (uintmax_t)n);
		return;
	}
	tenths = n / 1024 * 10 + n % 1024 * 10 / 1024;
	for (; tenths >= 10240 && unit < 5; unit++)
		tenths /= 1024;
	buf_addf(b, "%ju.%ju %s", (uintmax_t)(tenths / 10),
	    (uintmax_t)(tenths % 10), units[unit]);
}

/* The head of a column: a link that sorts by it, and the other way round. */
static void
add_column(struct buf *b, enum listing_key key, struct wish w)
{
	bool current = key == w.key;
	bool down = current ? !w.descending : false;

	buf_addf(b,
	    "<th scope=\"col\"%s><a href=\"?sort=%s&amp;order=%s\">%s%s</a>"
	    "</th>",
	    !current         ? "" :
		w.descending ? " aria-sort=\"descending\"" :
			       " aria-sort=\"ascending\"",
	    key_names[key], down ? "desc" : "asc", key_titles[key],
	    !current         ? "" :
		w.descending ? " &darr;" :
			       " &uarr;");
}

static void
add_row(struct buf *b, const struct listing_entry *e)
{
	struct slice name = slice_of(e->name);
	char date[DATE_MAX_TEXT];
	const char *slash = e->directory ? "/" : "";

	/* "./" keeps "a:b" from being taken for a scheme. */
	buf_addz(b, "<tr><td><a href=\"./");
	uri_encode_path(b, name);
	buf_addf(b, "%s\">", slash);
	escape_html(b, name);
	buf_addf(b, "%s</a></td><td>", slash);
	if (e->directory)
		buf_addz(b, "&ndash;");
	else
		add_size(b, e->size);
	date_iso(e->modified, date);
	buf_addf(b,
	    "</td><td><time datetime=\"%s\">%.10s %.5s</time></td>"
	    "</tr>\n",
	    date, date, date + 11);
}

static void
begin_html(struct sending *s)
{
	struct slice path = buf_slice(&s->path);
	struct buf *b = &s->piece;

	buf_addz(b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n");
	buf_adds(b, buf_slice(&s->head));
	buf_addz(b, "<title>");
	escape_html(b, path);
	buf_addz(b, "</title>\n");
	buf_addz(b, style);
	buf_addz(b, "</head>\n<body>\n<h1>");
	escape_html(b, path);
	buf_addz(b, "</h1>\n<table>\n<thead><tr>");
	for (int key = BY_NAME; key <= BY_DATE; key++)
		add_column(b, (enum listing_key)key, s->wish);
	buf_addz(b, "</tr></thead>\n<tbody>\n");
	if (path.n > 1)
		buf_addz(b,
		    "<tr><td><a href=\"../\">../</a></td><td></td>"
		    "<td></td></tr>\n");
}

static void
end_html(struct sending *s)
{
	struct buf *b = &s->piece;

	buf_addz(b, "</tbody>\n</table>\n");
	upload_form(b, buf_slice(&s->path));
	if (s->list.n == 0)
		buf_addz(b, "<p>There is nothing in here.</p>\n");
	if (s->list.cut)
		buf_addf(b,
		    "<p>There are more than %d; the rest is left "
		    "out.</p>\n",
		    LISTING_MAX);
	buf_addz(b, "</body>\n</html>\n");
}

static void
begin_json(struct sending *s)
{
	buf_addz(&s->piece, "{\"path\":\"");
	escape_json(&s->piece, buf_slice(&s->path));
	buf_addf(&s->piece, "\",\"complete\":%s,\"entries\":[",
	    s->list.cut ? "false" : "true");
}

static void
add_object(struct buf *b, const struct listing_entry *e, bool first)
{
	char date[DATE_MAX_TEXT];

	buf_addf(b, "%s\n{\"name\":\"", first ? "" : ",");
	escape_json(b, slice_of(e->name));
	buf_addf(b, "\",\"type\":\"%s\"", e->directory ? "directory" : "file");
	if (!e->directory)
		buf_addf(b, ",\"size\":%ju", (uintmax_t)e->size);
	date_iso(e->modified, date);
	buf_addf(b, ",\"modified\":\"%s\"}", date);
}

static enum piece_status
next_piece(void *own, struct piece *p)
{
	struct sending *s = own;

	if (s->ended)
		return PIECE_END;
	buf_clear(&s->piece);
	if (s->at == 0)
		(s->json ? begin_json : begin_html)(s);
	for (; s->at < s->list.n && s->piece.n < PIECE_SIZE; s->at++) {
		if (s->json)
			add_object(
			    &s->piece, &s->list.entry[s->at], s->at == 0);
		else
			add_row(&s->piece, &s->list.entry[s->at]);
	}
	s->ended = s->at == s->list.n;
	if (s->ended && s->json)
		buf_addz(&s->piece, "]}\n");
	else if (s->ended)
		end_html(s);
	if (s->piece.failed)
		return PIECE_BROKEN;
	p->bytes = buf_slice(&s->piece);
	return PIECE_MORE;
}

static void
done(void *own)
{
	struct sending *s = own;

	listing_free(&s->list);
	buf_free(&s->piece);
	buf_free(&s->path);
	buf_free(&s->head);
	free(s);
}

static int
begin(struct exchange *x, struct sending *s)
{
	web_pieces(x, 200,
	    s->json ? "application/json" : "text/html; charset=utf-8",
	    REPLY_OPEN_END, next_piece, done, s);
	web_fieldz(x, "Cache-Control", "no-cache");
	web_fieldz(x, "Vary", "Accept");
	return 0;
}

int
listing_answer(struct exchange *x, const struct target *p)
{
	struct sending *s;
	struct stat st;
	int error, dir = site_open(target_name(p), &st);

	if (dir < 0)
		return errno;
	if (site.no_listing || !S_ISDIR(st.st_mode)) {
		close(dir);
		return S_ISDIR(st.st_mode) ? EACCES : ENOTDIR;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		close(dir);
		return ENOMEM;
	}
	s->json = wants_json(x);
	s->wish = read_wish(x);
	buf_init(&s->piece, PIECE_MAX);
	buf_init(&s->path, TARGET_MAX);
	buf_adds(&s->path, target_path(p));
	buf_init(&s->head, TARGET_MAX);
	live_head(x, &s->head);
	if (listing_read(&s->list, dir, target_name(p), s->wish.key,
		s->wish.descending) < 0) {
		error = errno;
		done(s);
		return error;
	}
	return begin(x, s);
}
