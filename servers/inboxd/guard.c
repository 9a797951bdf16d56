/*
 * guard.c - who may ask anything of the inbox at all.
 */
#include "inboxd/guard.h"

#include "grammar/base64.h"
#include "inboxd/inbox.h"

#define CREDENTIALS_MAX 1024

static struct buf last; /* credentials that were right: hashing is slow */

static bool
same(struct slice a, struct slice b)
{
	unsigned differ = a.n != b.n || a.n == 0;

	for (size_t i = 0; i < a.n && i < b.n; i++)
		differ |= (unsigned char)(a.p[i] ^ b.p[i]);
	return differ == 0;
}

static bool
is_known(struct exchange *x)
{
	struct slice value = web_get(x, "Authorization"), rest = value;
	struct slice password, user;
	struct buf decoded;
	bool right = false;

	if (inbox.users == NULL || same(value, buf_slice(&last)))
		return true;
	if (value.n > CREDENTIALS_MAX ||
	    !slice_iis(slice_cut(&rest, ' '), "Basic"))
		return false;
	buf_init(&decoded, CREDENTIALS_MAX);
	if (base64_decode(slice_trim(rest), &decoded) == 0) {
		password = buf_slice(&decoded);
		user = slice_cut(&password, ':');
		right = password.p != NULL &&
		    passwords_check(inbox.users, user, password);
		if (!right)
			x->close = conn_wrong_password(x->c) || x->close;
	}
	buf_free(&decoded);
	if (right) {
		buf_free(&last);
		buf_init(&last, CREDENTIALS_MAX);
		buf_adds(&last, value);
	}
	return right;
}

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
	return !is_foreign(x) && is_known(x);
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
	return web_page_with(x, 401, "who are you?",
	    "WWW-Authenticate: Basic realm=\"berth\", charset=\"UTF-8\"\r\n");
}
