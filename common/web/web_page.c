/*
 * web_page.c - HTTP as a program sees it: the pages about status codes.
 *
 * One self-contained page, readable in light and dark, that takes nothing
 * from the request but what is escaped.
 */
#include "grammar/escape.h"
#include "web/web.h"

#define PAGE_MAX 8192

static const struct slice nosniff =
    SLICE("X-Content-Type-Options: nosniff\r\n");

static const char page_begin[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1d2733;--dim:#5a6b7d;"
    "--paper:#f6f8fa;--line:#0b6e99}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e3e9ef;--dim:#9dadbd;"
    "--paper:#14191f;--line:#5cc2ef}}\n"
    "::selection{background:var(--line);color:var(--paper)}\n"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;"
    "background:var(--paper);color:var(--ink);font:1.05rem/1.5 system-ui,"
    "sans-serif}\n"
    "main{max-width:34rem;padding:2rem;border-left:.3rem solid var(--line)}\n"
    "h1{margin:0;font-size:1.6rem;font-weight:600}\n"
    "h1 span{color:var(--line);margin-right:.6rem}\n"
    "p{color:var(--dim);margin:.6rem 0 0}\n"
    "</style>\n";

/* A sentence for the people who see the page. */
static const struct {
	int status;
	const char *text;
} sentences[] = {
	{ 301, "This has moved; your browser will follow." },
	{ 308, "This has moved; your browser will follow." },
	{ 400, "The server could not make sense of this request." },
	{ 401, "You need to say who you are." },
	{ 403, "This is here, but not for you to see." },
	{ 404, "There is nothing at this address." },
	{ 405, "That cannot be done with this." },
	{ 408, "The request took too long to arrive." },
	{ 409, "That does not go together with what is there." },
	{ 412, "It has changed since you last saw it." },
	{ 413, "That is more than this server takes." },
	{ 414, "The address is too long." },
	{ 416, "The part that was asked for does not exist." },
	{ 417, "The server cannot do what the request expects." },
	{ 421, "This address leads here, but the name is not ours." },
	{ 431, "The request carries too much beside its address." },
	{ 501, "The server does not know how to do that." },
	{ 502, "This server asks another one for that, and got no answer." },
	{ 503, "The server is full; please try again in a moment." },
	{ 504, "This server asks another one for that, and got no answer." },
	{ 505, "The server speaks HTTP/1.1." },
	{ 507, "There is no room for it here." },
};

static const char *
sentence(const struct exchange *x, int status, const char *why)
{
	if (status == 403 && x != NULL && !web_reads(x))
		return "That may not be done here.";
	if (status == 503 && why != NULL)
		return "Not just now; please try again in a moment.";
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (sentences[i].status == status)
			return sentences[i].text;
	return status >= 500 ? "Something went wrong on this side." :
			       "That is all there is to say.";
}

static void
add_page(struct buf *b, const struct exchange *x, int status, const char *why)
{
	buf_addz(b, page_begin);
	if (x != NULL && x->web->page_head != NULL)
		x->web->page_head(x, b);
	buf_addf(b, "<title>%d %s</title>\n</head>\n<body>\n<main>\n", status,
	    http_reason(status));
	buf_addf(b, "<h1><span>%d</span>%s</h1>\n<p>%s</p>\n", status,
	    http_reason(status), sentence(x, status, why));
	if (why != NULL) {
		buf_addz(b, "<p>Reason: ");
		escape_html(b, slice_of(why));
		buf_addz(b, "</p>\n");
	}
	buf_addz(b, "</main>\n</body>\n</html>\n");
}

void
web_page_html(struct buf *b, int status, const char *why)
{
	add_page(b, NULL, status, why);
}

int
web_page_with(
    struct exchange *x, int status, const char *why, const char *lines)
{
	struct buf page;

	x->why = why;
	buf_init(&page, PAGE_MAX);
	add_page(&page, x, status, why);
	web_made(x, status, "text/html; charset=utf-8", &page);
	x->reply.lines = nosniff;
	x->reply.more = slice_of(lines);
	return 0;
}

int
web_page(struct exchange *x, int status, const char *why)
{
	return web_page_with(x, status, why, "");
}

int
web_refuse(struct exchange *x, int status, const char *why)
{
	x->close = true;
	return web_page_with(x, status, why, "");
}

int
web_not_allowed(struct exchange *x, const char *allow)
{
	web_page(x, 405, NULL);
	web_fieldz(x, "Allow", allow);
	x->why = "method not allowed here";
	return 0;
}

int
web_redirect(struct exchange *x, int status, struct slice location)
{
	web_page(x, status, NULL);
	web_field(x, "Location", location);
	return 0;
}
