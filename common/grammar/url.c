/*
 * url.c - URLs as a client takes them.
 */
#include "grammar/url.h"

#include "bytes/ascii.h"
#include "bytes/num.h"

#define HTTP_PORT  80
#define HTTPS_PORT 443

/* The bytes of a scheme at the front, with its ":", or 0. */
static size_t
scheme_length(struct slice s)
{
	size_t n = 0;

	while (n < s.n &&
	    (ascii_is(s.p[n], ASCII_ALPHA | ASCII_DIGIT) || s.p[n] == '+' ||
		s.p[n] == '-' || s.p[n] == '.'))
		n++;
	if (n == 0 || n == s.n || s.p[n] != ':' ||
	    !ascii_is(s.p[0], ASCII_ALPHA))
		return 0;
	return n + 1;
}

static struct slice
up_to(struct slice *rest, const char *stops)
{
	struct slice set = slice_of(stops), all = *rest;
	size_t n = 0;

	while (n < all.n && slice_find(set, all.p[n]) == NULL)
		n++;
	*rest = slice_from(all, n);
	return (struct slice){ all.p, n };
}

int
url_parse(struct slice text, struct url *u)
{
	struct slice rest = text, authority, scheme, port;
	const char *at;
	uint64_t number;

	*u = (struct url){ .port = HTTP_PORT };
	for (size_t i = 0; i < text.n; i++)
		if (ascii_is(text.p[i], ASCII_CTL))
			return URI_BAD;
	scheme = (struct slice){ rest.p, scheme_length(rest) };
	if (slice_starts(slice_from(rest, scheme.n), "//")) {
		u->secure = slice_iis(scheme, "https:");
		if (!u->secure && !slice_iis(scheme, "http:"))
			return URI_BAD_SCHEME;
		rest = slice_from(rest, scheme.n + 2);
	}
	authority = up_to(&rest, "/?#");
	at = slice_rfind(authority, '@');
	if (at != NULL) {
		u->user = slice_between(authority.p, at);
		authority = slice_between(at + 1, authority.p + authority.n);
	}
	if (uri_host(authority, &u->host, &port) != 0)
		return URI_BAD_HOST;
	if (u->secure)
		u->port = HTTPS_PORT;
	if (port.n > 0 && num_decimal(port, &number) == NUM_OK)
		u->port = (unsigned)number;
	u->path = up_to(&rest, "?#");
	if (rest.n > 0 && rest.p[0] == '?') {
		rest = slice_from(rest, 1);
		u->query = up_to(&rest, "#");
	}
	return 0;
}

/* Encode what may not be sent; what is encoded already stays as it is. */
static void
add_sendable(struct buf *b, struct slice s, bool path)
{
	for (size_t i = 0; i < s.n; i++) {
		struct slice one = { s.p + i, 1 };

		if (uri_may_hold(s.p[i]) && (!path || s.p[i] != '\\'))
			buf_adds(b, one);
		else
			uri_encode(b, one);
	}
}

void
url_target(struct buf *b, const struct url *u)
{
	if (u->path.n == 0)
		buf_addc(b, '/');
	add_sendable(b, u->path, true);
	if (u->query.p != NULL) {
		buf_addc(b, '?');
		add_sendable(b, u->query, false);
	}
}

void
url_host(struct buf *b, const struct url *u)
{
	bool six = slice_find(u->host, ':') != NULL;

	buf_addz(b, six ? "[" : "");
	buf_adds(b, u->host);
	buf_addz(b, six ? "]" : "");
	if (u->port != (u->secure ? HTTPS_PORT : HTTP_PORT))
		buf_addf(b, ":%u", u->port);
}

/*
 * Add a path without its dot segments (RFC 3986 5.2.4); start is where the
 * path begins in b.
 */
static void
add_without_dots(struct buf *b, size_t start, struct slice path)
{
	while (path.p != NULL) {
		struct slice name = slice_cut(&path, '/');
		bool last = path.p == NULL;

		if (slice_is(name, "..")) {
			if (b->n > start && b->p[b->n - 1] == '/')
				b->n--;
			while (b->n > start && b->p[b->n - 1] != '/')
				b->n--;
			if (b->n == start)
				buf_addc(b, '/');
		} else if (!slice_is(name, ".")) {
			add_sendable(b, name, true);
			if (!last)
				buf_addc(b, '/');
		}
	}
}

/* The path of a reference against the path of its base, RFC 3986 5.2.2. */
static void
add_path(struct buf *b, const struct url *base, struct slice path)
{
	size_t start = b->n;
	struct slice merged = base->path;
	const char *slash = slice_rfind(merged, '/');
	struct buf whole;

	if (path.n > 0 && path.p[0] == '/') {
		buf_addc(b, '/');
		add_without_dots(b, start, slice_from(path, 1));
		return;
	}
	merged = slash == NULL ? (struct slice)SLICE("/") :
				 slice_between(merged.p, slash + 1);
	buf_init(&whole, b->max);
	buf_adds(&whole, merged);
	buf_adds(&whole, path);
	buf_addc(b, '/');
	add_without_dots(b, start, slice_from(buf_slice(&whole), 1));
	b->failed = b->failed || whole.failed;
	buf_free(&whole);
}

static void
add_origin(struct buf *b, const struct url *u)
{
	buf_addz(b, u->secure ? "https://" : "http://");
	url_host(b, u);
}

int
url_resolve(struct buf *b, const struct url *base, struct slice reference)
{
	struct slice rest = reference, path, fragmentless;
	size_t scheme = scheme_length(reference);

	for (size_t i = 0; i < reference.n; i++)
		if (ascii_is(reference.p[i], ASCII_CTL))
			return URI_BAD;
	fragmentless = up_to(&rest, "#");
	if (scheme > 0) {
		buf_adds(b, fragmentless);
		return 0;
	}
	if (slice_starts(fragmentless, "//")) {
		buf_addz(b, base->secure ? "https:" : "http:");
		buf_adds(b, fragmentless);
		return 0;
	}
	add_origin(b, base);
	rest = fragmentless;
	path = up_to(&rest, "?");
	if (path.n > 0) {
		add_path(b, base, path);
	} else {
		add_sendable(b,
		    base->path.n > 0 ? base->path : (struct slice)SLICE("/"),
		    true);
		if (rest.n == 0 && base->query.p != NULL) {
			buf_addc(b, '?');
			add_sendable(b, base->query, false);
		}
	}
	add_sendable(b, rest, false);
	return 0;
}
