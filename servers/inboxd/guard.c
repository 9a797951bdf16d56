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
is_known(const struct exchange *x)
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
	}
	buf_free(&decoded);
	if (right) {
		buf_free(&last);
		buf_init(&last, CREDENTIALS_MAX);
		buf_adds(&last, value);
	}
	return right;
}

/* "http://HOST" of our own Host field, or "null" never. */
static bool
is_own_origin(const struct exchange *x, struct slice origin)
{
	if (slice_starts(origin, "http://"))
		origin = slice_from(origin, 7);
	else if (slice_starts(origin, "https://"))
		origin = slice_from(origin, 8);
	else
		return false;
	return slice_ieq(origin, x->r->host);
}

static bool
is_from_elsewhere(const struct exchange *x)
{
	struct slice origin = web_get(x, "Origin");
	struct slice site = web_get(x, "Sec-Fetch-Site");

	if (origin.p != NULL && !is_own_origin(x, origin))
		return true;
	return slice_is(site, "cross-site") || slice_is(site, "same-site");
}

/* Asked for by a tag of some document and not by a script or a person? */
static bool
is_embedded(const struct exchange *x)
{
	struct slice dest = web_get(x, "Sec-Fetch-Dest");

	return dest.n > 0 && !slice_is(dest, "empty") &&
	    !slice_is(dest, "document") && !slice_is(dest, "websocket");
}

static bool
is_inert(const struct exchange *x)
{
	struct slice path = x->r->uri.path, rest;

	if (!slice_starts(path, "/api/"))
		return true;
	return web_under(x, "/api/v1/message/", &rest) &&
	    slice_find(rest, '/') != NULL &&
	    slice_starts(
		slice_from(rest, (size_t)(slice_find(rest, '/') - rest.p)),
		"/part/");
}

static bool
is_foreign(const struct exchange *x)
{
	bool changes = !web_reads(x) && x->r->method != HTTP_OPTIONS;

	if (is_from_elsewhere(x) &&
	    (changes || slice_starts(x->r->uri.path, "/api/")))
		return true;
	return is_embedded(x) && !is_inert(x);
}

bool
guard_allows(const struct exchange *x)
{
	return !is_foreign(x) && is_known(x);
}

int
guard_refuse(struct exchange *x)
{
	if (is_foreign(x))
		return inbox_error(
		    x, 403, "other sites' pages may not use the inbox");
	/* Who gives no password is asked for one. */
	if (web_get(x, "Authorization").n > 0 && conn_wrong_password(x->c))
		x->close = true;
	return web_page_with(x, 401, "who are you?",
	    "WWW-Authenticate: Basic realm=\"berth\", charset=\"UTF-8\"\r\n");
}
