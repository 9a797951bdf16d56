/*
 * look.c - how the server's own pages look.
 */
#include "httpd/look.h"

#include <stdlib.h>
#include <time.h>

#include "bytes/ascii.h"
#include "grammar/escape.h"

/* The colours are those of web_page.c. */
static const char style[] =
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1d2733;--dim:#5a6b7d;"
    "--paper:#f6f8fa;--card:#fff;--line:#d5dde5;--link:#0b6e99}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e3e9ef;--dim:#9dadbd;"
    "--paper:#14191f;--card:#1b222a;--line:#2c3743;--link:#5cc2ef}}\n"
    "*{box-sizing:border-box}\n"
    "::selection{background:var(--link);color:var(--paper)}\n"
    "body{margin:0 auto;max-width:64rem;padding:1.5rem;"
    "background:var(--paper);color:var(--ink);"
    "font:1rem/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.3rem;margin:0 0 .75rem;overflow-wrap:anywhere}\n"
    "h2{font-size:1.05rem;margin:1.75rem 0 .5rem}\n"
    "a{color:var(--link);text-decoration:none}\n"
    "a:hover,a:focus{text-decoration:underline}\n"
    "p{color:var(--dim);margin:.5rem 0}\n"
    "input,button{font:inherit;color:inherit;background:var(--card);"
    "border:1px solid var(--line);border-radius:.4rem;padding:.3rem .6rem}\n"
    "input:focus-visible,a:focus-visible,button:focus-visible{"
    "outline:2px solid var(--link);outline-offset:1px}\n"
    "table{width:100%;border-collapse:separate;border-spacing:0;background:var("
    "--card);"
    "border:1px solid var(--line);border-radius:.4rem}\n"
    "th,td{padding:.4rem .7rem;border-bottom:1px solid var(--line);"
    "text-align:left;overflow-wrap:anywhere}\n"
    "tr:last-child td{border-bottom:0}\n"
    "th{font-weight:600;color:var(--dim)}\n"
    "th a{color:inherit}\n"
    "td+td,th+th{white-space:nowrap;color:var(--dim);"
    "font-variant-numeric:tabular-nums}\n"
    "pre{margin:0;padding:1rem;background:var(--card);"
    "border:1px solid var(--line);border-radius:.4rem;"
    "white-space:pre-wrap;overflow-wrap:anywhere;"
    "font:.9rem/1.5 ui-monospace,monospace}\n"
    "</style>\n";

void
look_begin(struct buf *b, struct slice title, const char *lines)
{
	buf_addz(b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">\n<title>");
	escape_html(b, title);
	buf_addz(b, "</title>\n");
	buf_addz(b, style);
	buf_addz(b, lines);
	buf_addz(b, "</head>\n");
}

void
look_size(struct buf *b, uint64_t n)
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

/* The zone was read before the first fork (service.c): here it is not there. */
void
look_time(struct buf *b, int64_t when)
{
	time_t t = when;
	struct tm tm;
	char text[80];
	long minutes;

	if (localtime_r(&t, &tm) == NULL) {
		buf_addz(b, "&ndash;");
		return;
	}
	minutes = tm.tm_gmtoff / 60;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_addf(b, "<time datetime=\"%s%c%02ld:%02ld\">", text,
	    minutes < 0 ? '-' : '+', labs(minutes) / 60, labs(minutes) % 60);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	buf_addf(b, "%s <small>", text);
	escape_html(b, slice_of(tm.tm_zone));
	buf_addz(b, "</small></time>");
}

void
look_name(struct buf *b, struct slice name)
{
	while (name.n > 0) {
		size_t n = escape_utf8(name);

		if (n == 0 || (n == 1 && ascii_is(name.p[0], ASCII_CTL))) {
			buf_addf(b, "\\x%02x", (unsigned char)name.p[0]);
			n = 1;
		} else {
			buf_add(b, name.p, n);
		}
		name = slice_from(name, n);
	}
}
