/*
 * guard.c - who may ask anything of the inbox at all.
 */
#include "inboxd/guard.h"

#include "inboxd/inbox.h"
#include "web/web_user.h"

/* Asked for by a tag of some document and not by a script or a person? */
static bool
is_embedded(const struct exchange *x)
{
	struct slice dest = web_get(x, "Sec-Fetch-Dest");

	return dest.n > 0 && !slice_is(dest, "empty") &&
	    !slice_is(dest, "document") && !slice_is(dest, "websocket");
}

/*
 * A part of a message, as a picture in its HTML: that is a document of no
 * origin, so what it embeds is asked for by no page of ours.
 */
static bool
is_inert(const struct exchange *x)
{
	struct slice rest;
	const char *slash;

	if (!web_reads(x) || !web_under(x, "/api/v1/message/", &rest))
		return false;
	slash = slice_find(rest, '/');
	return slash != NULL &&
	    slice_starts(slice_from(rest, (size_t)(slash - rest.p)), "/part/");
}

/* The page itself and /view/ change nothing and tell a stranger nothing. */
static bool
is_foreign(const struct exchange *x)
{
	bool reads = web_reads(x) || x->r->method == HTTP_OPTIONS;

	if (reads && !slice_starts(x->r->uri.path, "/api/"))
		return false;
	if (is_embedded(x))
		return !is_inert(x);
	return !web_is_same_origin(x);
}

bool
guard_allows(struct exchange *x)
{
	return !is_foreign(x) &&
	    (inbox.users == NULL || web_user_is_known(x, inbox.users));
}

bool
guard_may_allow(const struct exchange *x)
{
	return !is_foreign(x) &&
	    (inbox.users == NULL || web_get(x, "Authorization").n > 0);
}

int
guard_refuse(struct exchange *x)
{
	if (is_foreign(x))
		return inbox_error(
		    x, 403, "other sites' pages may not use the inbox");
	return web_user_ask(x);
}
