/*
 * web_origin.c - HTTP as a program sees it: is it us who are asked, and by a
 * page of ours?  (service/host.h)
 */
#include "service/host.h"
#include "web/h1.h"

#define WHY "asked for another host"

static bool
is_for_us(const struct exchange *x)
{
	return host_is_ours(x->r->host, x->web->hosts) ||
	    (x->web->knows_host != NULL && x->web->knows_host(x));
}

/* 421 (Misdirected Request), RFC 9110 15.5.20 */
static int
misdirected(struct exchange *x)
{
	struct buf why, page;

	buf_init(&why, 2 * HTTP_MAX_HEAD);
	buf_init(&page, 8 * HTTP_MAX_HEAD);
	buf_addf(&why,
	    "a name that is not known to be this server's was asked for over "
	    "loopback.  Start the server with --allow-host %.*s to let pages "
	    "of that name in.",
	    SLICE_FMT(x->r->host));
	web_page_html(&page, 421, buf_str(&why));
	web_made(x, 421, "text/html; charset=utf-8", &page);
	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	buf_free(&why);
	x->why = WHY;
	return 0;
}

int
web_answer(struct exchange *x)
{
	if (host_matters(&x->c->peer) && !is_for_us(x))
		return misdirected(x);
	return x->web->answer(x);
}

/* "https://host:port" as browsers send it, against the Host field. */
static bool
is_our_origin(const struct exchange *x, struct slice origin)
{
	const char *colon = slice_find(origin, ':');

	if (colon == NULL)
		return false; /* "null" */
	origin = slice_from(origin, (size_t)(colon - origin.p) + 1);
	return slice_starts(origin, "//") &&
	    slice_ieq(slice_from(origin, 2), web_get(x, "Host"));
}

bool
web_is_same_origin(const struct exchange *x)
{
	struct slice site = web_get(x, "Sec-Fetch-Site");
	struct slice origin = web_get(x, "Origin");

	if (site.p != NULL)
		return slice_is(site, "same-origin") || slice_is(site, "none");
	return origin.p == NULL || is_our_origin(x, origin);
}

bool
web_is_visit(const struct exchange *x)
{
	return x->r->method == HTTP_GET &&
	    slice_is(web_get(x, "Sec-Fetch-Mode"), "navigate") &&
	    slice_is(web_get(x, "Sec-Fetch-Dest"), "document");
}
