/*
 * web_origin.c - HTTP as a program sees it: is it us who are asked, and by a
 * page of ours?
 *
 * A page of any site can have its own name lead to 127.0.0.1 after it was
 * loaded (DNS rebinding), and is then taken by the browser to be of one origin
 * with a server here.  What it cannot do is to send another Host than its
 * name.
 */
#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

#include "web/h1.h"

#define WHY "asked for another host"

/* This machine's name, and what stands before its first dot. */
static bool
is_own_name(struct slice host)
{
	static char name[256]; /* never another while we run */
	struct slice own;

	if (name[0] == '\0')
		gethostname(name, sizeof(name) - 1);
	own = slice_of(name);
	return own.n > 0 &&
	    (slice_ieq(host, own) || slice_ieq(host, slice_cut(&own, '.')));
}

static bool
is_literal(struct slice host)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;

	return slice_copy(host, text, sizeof(text)) == 0 &&
	    (inet_pton(AF_INET, text, &a) == 1 ||
		inet_pton(AF_INET6, text, &a) == 1);
}

static bool
is_below(struct slice host, struct slice dot_name)
{
	return host.n > dot_name.n &&
	    slice_ieq(slice_from(host, host.n - dot_name.n), dot_name);
}

/* NAME, *.NAME, or * for any. */
static bool
is_allowed(struct slice host, const struct arg_list *l)
{
	for (size_t i = 0; l != NULL && i < l->n; i++) {
		struct slice name = slice_of(l->item[i]);

		if (slice_is(name, "*") || slice_ieq(host, name))
			return true;
		if (slice_starts(name, "*.") &&
		    is_below(host, slice_from(name, 1)))
			return true;
	}
	return false;
}

static bool
came_over_loopback(const struct exchange *x)
{
	const struct addr *peer = &x->c->peer;

	return peer->len > 0 && peer->sa.sa_family != AF_UNIX &&
	    addr_is_loopback(peer);
}

static bool
is_for_us(const struct exchange *x)
{
	static const struct slice local = SLICE(".localhost");
	struct slice host = x->r->host;

	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	/* No browser leaves it out. */
	return host.n == 0 || slice_iis(host, "localhost") ||
	    is_literal(host) || is_below(host, local) ||
	    is_allowed(host, x->web->hosts) || is_own_name(host) ||
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
	if (came_over_loopback(x) && !is_for_us(x))
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
