/*
 * listing.c - what is in a directory, for people (HTML) and programs (JSON).
 */
#include "httpd/listing.h"

#include <errno.h>
#include <unistd.h>

#include "bytes/date.h"
#include "grammar/escape.h"
#include "grammar/http_accept.h"
#include "httpd/listing_read.h"
#include "httpd/site.h"

#define PAGE_MAX (64 << 20)

/* How it is asked for: ?sort=name|size|date&order=asc|desc */
struct wish {
	enum listing_key key;
	bool descending;
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
add_html(struct buf *b, const struct listing *l, const struct target *p,
    struct wish w)
{
	struct slice path = target_path(p);

	buf_addz(b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<title>");
	escape_html(b, path);
	buf_addz(b, "</title>\n");
	buf_addz(b, style);
	buf_addz(b, "</head>\n<body>\n<h1>");
	escape_html(b, path);
	buf_addz(b, "</h1>\n<table>\n<thead><tr>");
	for (int key = BY_NAME; key <= BY_DATE; key++)
		add_column(b, (enum listing_key)key, w);
	buf_addz(b, "</tr></thead>\n<tbody>\n");
	if (path.n > 1)
		buf_addz(b,
		    "<tr><td><a href=\"../\">../</a></td><td></td>"
		    "<td></td></tr>\n");
	for (size_t i = 0; i < l->n; i++)
		add_row(b, &l->entry[i]);
	buf_addz(b, "</tbody>\n</table>\n");
	if (l->n == 0)
		buf_addz(b, "<p>There is nothing in here.</p>\n");
	if (l->cut)
		buf_addf(b,
		    "<p>There are more than %d; the rest is left "
		    "out.</p>\n",
		    LISTING_MAX);
	buf_addz(b, "</body>\n</html>\n");
}

static void
add_json(struct buf *b, const struct listing *l, const struct target *p)
{
	char date[DATE_MAX_TEXT];

	buf_addz(b, "{\"path\":\"");
	escape_json(b, target_path(p));
	buf_addf(
	    b, "\",\"complete\":%s,\"entries\":[", l->cut ? "false" : "true");
	for (size_t i = 0; i < l->n; i++) {
		const struct listing_entry *e = &l->entry[i];

		buf_addf(b, "%s\n{\"name\":\"", i > 0 ? "," : "");
		escape_json(b, slice_of(e->name));
		buf_addf(b, "\",\"type\":\"%s\"",
		    e->directory ? "directory" : "file");
		if (!e->directory)
			buf_addf(b, ",\"size\":%ju", (uintmax_t)e->size);
		date_iso(e->modified, date);
		buf_addf(b, ",\"modified\":\"%s\"}", date);
	}
	buf_addz(b, "]}\n");
}

int
listing_send(struct exchange *x, const struct target *p)
{
	struct wish w = read_wish(x);
	bool json = wants_json(x);
	struct listing l;
	struct stat st;
	struct buf page;
	int status, dir = path_open(site.root, target_name(p), site.links, &st);

	if (dir < 0)
		return errno;
	if (site.no_listing || !S_ISDIR(st.st_mode)) {
		close(dir);
		if (!S_ISDIR(st.st_mode))
			return ENOTDIR;
		return web_page(x, 403, "directories are not listed");
	}
	if (listing_read(&l, dir, w.key, w.descending) < 0) {
		status = errno;
		listing_free(&l);
		return status;
	}
	buf_init(&page, PAGE_MAX);
	if (json)
		add_json(&page, &l, p);
	else
		add_html(&page, &l, p, w);
	listing_free(&l);
	if (page.failed) {
		buf_free(&page);
		return ENOMEM;
	}
	web_begin(x, 200);
	web_fieldz(x, "Content-Type",
	    json ? "application/json" : "text/html; charset=utf-8");
	web_fieldz(x, "Cache-Control", "no-cache");
	web_fieldz(x, "Vary", "Accept");
	status = web_send(x, buf_slice(&page));
	buf_free(&page);
	return status;
}
