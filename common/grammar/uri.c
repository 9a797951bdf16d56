/*
 * uri.c - request targets and hosts.
 */
#include "grammar/uri.h"

#include "bytes/ascii.h"
#include "bytes/num.h"

#define IPV6_GROUPS 8

const char *
uri_why(int status)
{
	static const char *const why[] = {
		[-URI_BAD] = "bad byte in URI",
		[-URI_BAD_SCHEME] = "scheme is neither http nor https",
		[-URI_BAD_HOST] = "bad host or port in URI",
		[-URI_BAD_ESCAPE] = "broken percent-encoding in path",
		[-URI_NUL] = "NUL in path",
		[-URI_CONTROL] = "line end in path",
		[-URI_ABOVE_ROOT] = "path climbs above the root",
		[-URI_HIDDEN_SLASH] = "encoded slash in path",
		[-URI_TOO_LONG] = "path too long",
	};

	if (status >= 0 || (size_t)-status >= sizeof(why) / sizeof(why[0]))
		return "bad URI";
	return why[-status];
}

static bool
is_ipv4(struct slice s)
{
	uint64_t number;
	int n = 0;

	while (s.p != NULL) {
		struct slice part = slice_cut(&s, '.');

		if (num_within(part, 0, 255, &number) != NUM_OK || part.n > 3 ||
		    (part.n > 1 && part.p[0] == '0'))
			return false;
		n++;
	}
	return n == 4;
}

/*
 * RFC 3986 3.2.2: eight groups, of which one run may be left out as "::", and
 * the last two may be an IPv4 address.
 */
static bool
is_ipv6(struct slice s)
{
	int groups = 0;
	bool gap = slice_starts(s, "::");
	uint64_t number;

	if (gap)
		s = slice_from(s, 2);
	if (gap && s.n == 0)
		return true;
	while (s.p != NULL) {
		struct slice part = slice_cut(&s, ':');

		if (part.n == 0 && !gap && groups > 0 && s.p != NULL) {
			gap = true;
			if (s.n == 0)
				break;
		} else if (s.p == NULL && slice_find(part, '.') != NULL) {
			groups += 2;
			if (!is_ipv4(part))
				return false;
		} else if (part.n > 4 || num_hex(part, &number) != NUM_OK) {
			return false;
		} else {
			groups++;
		}
	}
	return gap ? groups < IPV6_GROUPS : groups == IPV6_GROUPS;
}

/* A registered name, RFC 3986 3.2.2, without the comma that joins fields. */
static bool
is_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%') {
			if (s.n - i < 3 || !ascii_is(s.p[i + 1], ASCII_HEX) ||
			    !ascii_is(s.p[i + 2], ASCII_HEX))
				return false;
			i += 2;
		} else if (!ascii_is(
			       s.p[i], ASCII_UNRESERVED | ASCII_SUBDELIM) ||
		    s.p[i] == ',') {
			return false;
		}
	}
	return s.n > 0;
}

/*
 * Is the last label a number, decimal or "0x..."?  Then browsers take all of
 * it for an IPv4 address (WHATWG URL, "ends in a number"), and so must we: what
 * some read as 127.0.0.1 and others as a name is neither here.  A dot behind
 * it is passed over.
 */
static bool
ends_in_number(struct slice *s)
{
	struct slice last;
	const char *dot;
	uint64_t number;

	if (slice_ends(*s, "."))
		s->n--;
	dot = slice_rfind(*s, '.');
	last = dot == NULL ? *s : slice_between(dot + 1, s->p + s->n);
	if (slice_is(last, "0x") || slice_is(last, "0X"))
		return true;
	if (slice_starts(last, "0x") || slice_starts(last, "0X"))
		return num_hex(slice_from(last, 2), &number) != NUM_BAD;
	return num_decimal(last, &number) != NUM_BAD;
}

static bool
is_name_or_ipv4(struct slice s)
{
	return is_name(s) && (!ends_in_number(&s) || is_ipv4(s));
}

int
uri_host(struct slice text, struct slice *host, struct slice *port)
{
	struct slice rest = text, name;
	uint64_t number;
	bool six = slice_starts(text, "[");

	*host = *port = (struct slice){ NULL, 0 };
	if (six) {
		const char *end = slice_find(text, ']');

		if (end == NULL)
			return URI_BAD_HOST;
		name = slice_between(text.p + 1, end);
		rest = slice_between(end + 1, text.p + text.n);
		if (rest.n > 0 && rest.p[0] != ':')
			return URI_BAD_HOST;
		slice_cut(&rest, ':');
	} else {
		name = slice_cut(&rest, ':');
	}
	if (six ? !is_ipv6(name) : !is_name_or_ipv4(name))
		return URI_BAD_HOST;
	if (rest.n > 0 && num_within(rest, 0, 65535, &number) != NUM_OK)
		return URI_BAD_HOST;
	*host = name;
	*port = rest;
	return 0;
}

/* "/path?query" */
static int
parse_path(struct slice text, struct uri *u)
{
	for (size_t i = 0; i < text.n; i++)
		if (!uri_may_hold(text.p[i]))
			return URI_BAD;
	u->query = text;
	u->path = slice_cut(&u->query, '?');
	if (slice_find(u->path, '\\') != NULL)
		return URI_BAD;
	if (u->path.n == 0)
		u->path = (struct slice)SLICE("/");
	return 0;
}

/* Behind the scheme: "//host:port/path?query" */
static int
parse_hierarchy(struct slice text, struct uri *u)
{
	size_t n = 2;

	if (!slice_starts(text, "//"))
		return URI_BAD;
	while (n < text.n && text.p[n] != '/' && text.p[n] != '?')
		n++;
	if (uri_host(
		slice_between(text.p + 2, text.p + n), &u->host, &u->port) != 0)
		return URI_BAD_HOST;
	return parse_path(slice_from(text, n), u);
}

/* Does text begin with a scheme and "://"? */
static bool
has_scheme(struct slice text, struct slice *scheme, struct slice *rest)
{
	size_t n = 0;

	while (n < text.n &&
	    (ascii_is(text.p[n], ASCII_ALPHA | ASCII_DIGIT) ||
		text.p[n] == '+' || text.p[n] == '-' || text.p[n] == '.'))
		n++;
	*scheme = (struct slice){ text.p, n };
	*rest = slice_from(text, n);
	if (n == 0 || !ascii_is(text.p[0], ASCII_ALPHA) ||
	    !slice_starts(*rest, "://"))
		return false;
	*rest = slice_from(*rest, 1);
	return true;
}

int
uri_parse(struct slice target, struct uri *u)
{
	struct slice scheme, rest;

	*u = (struct uri){ .path = SLICE("/") };
	if (target.n > 0 && target.p[0] == '/') {
		u->form = URI_ORIGIN;
		return parse_path(target, u);
	}
	if (slice_is(target, "*")) {
		u->form = URI_ASTERISK;
		return 0;
	}
	if (has_scheme(target, &scheme, &rest)) {
		u->form = URI_ABSOLUTE;
		u->secure = slice_iis(scheme, "https");
		if (!u->secure && !slice_iis(scheme, "http"))
			return URI_BAD_SCHEME;
		return parse_hierarchy(rest, u);
	}
	u->form = URI_AUTHORITY;
	if (uri_host(target, &u->host, &u->port) != 0 || u->port.n == 0)
		return URI_BAD;
	return 0;
}
