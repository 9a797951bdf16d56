/*
 * uri.h - request targets, hosts, and paths (RFC 3986, RFC 9112 3.2).
 *
 * Everything here works on slices and is pure.  Percent-encoding is undone
 * once, in one place, by uri_path(): whoever calls it holds a path that can be
 * opened below a root and must never decode it again.
 */
#ifndef URI_H
#define URI_H

#include <stdbool.h>
#include <sys/types.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/* The four forms of a request target, RFC 9112 3.2. */
enum uri_form { URI_ORIGIN, URI_ABSOLUTE, URI_ASTERISK, URI_AUTHORITY };

/* What is wrong; uri_why() says it in words. */
enum uri_status {
	URI_BAD = -1,          /* a byte that may not stand there */
	URI_BAD_SCHEME = -2,   /* neither http nor https */
	URI_BAD_HOST = -3,     /* host, port or userinfo */
	URI_BAD_ESCAPE = -4,   /* % without two hexadecimal digits */
	URI_NUL = -5,          /* %00 */
	URI_CONTROL = -6,      /* %0d, %0a */
	URI_ABOVE_ROOT = -7,   /* /.. climbs above / */
	URI_HIDDEN_SLASH = -8, /* %2f inside a segment */
	URI_TOO_LONG = -9,     /* does not fit the caller's buffer */
};

struct uri {
	enum uri_form form;
	bool secure;        /* https (absolute form) */
	struct slice host;  /* as sent; an IPv6 address without brackets */
	struct slice port;  /* digits, or empty */
	struct slice path;  /* as sent, begins with "/" (never empty) */
	struct slice query; /* behind the "?"; p is NULL without one */
};

/*
 * The reason for a negative uri_status, in words.
 */
const char *uri_why(int status);

/*
 * Is c allowed in a request target?  RFC 3986's characters, and beyond them
 * those which browsers leave as they are.  A backslash is allowed only in the
 * query, which uri_parse() looks after.
 */
static inline bool
uri_may_hold(char c)
{
	return c > ' ' && c < 127 && c != '"' && c != '#' && c != '<' &&
	    c != '>';
}

/*
 * Parse a request target (without a fragment).  Returns 0 or a uri_status:
 * URI_BAD, URI_BAD_SCHEME or URI_BAD_HOST.  The authority form (host:port
 * alone) is only tried when the target begins with neither "/" nor a scheme.
 */
int uri_parse(struct slice target, struct uri *);

/*
 * Parse host [ ":" port ] as in a Host field: a name, an IPv4 address or a
 * bracketed IPv6 address; a port of 0 to 65535 or an empty one.  No userinfo.
 * What ends in a number ("127.1", "1.2.3.4.5", "0x7f000001") and is not four
 * decimal numbers is bad, for browsers would take it for an address.
 * Returns 0 or URI_BAD_HOST.
 */
int uri_host(struct slice text, struct slice *host, struct slice *port);

/*
 * Decode the path of a target once and normalise it: dot segments are
 * resolved, runs of slashes become one.  Writes to (with a NUL) a path that
 * begins with "/", has no "." or ".." segment and no empty one, and ends in
 * "/" exactly if the path names a directory (it ended in "/", "/." or "/..").
 * Returns its length, or URI_BAD_ESCAPE, URI_NUL, URI_CONTROL,
 * URI_ABOVE_ROOT, URI_HIDDEN_SLASH or URI_TOO_LONG.
 */
ssize_t uri_path(struct slice path, char *to, size_t size);

/*
 * The same for who looks whether a file has that very name: CR and LF are bytes
 * like others.  What comes out must go nowhere but to the file system, or be
 * encoded.
 */
ssize_t uri_path_with_lines(struct slice path, char *to, size_t size);

/*
 * Decode one name or value, as in a query; plus makes "+" a space.  A broken
 * escape stands for itself.  Returns the length; never more than s.n, which
 * is the room that to must have.  Adds no NUL.
 */
size_t uri_decode(struct slice s, bool plus, char *to);

/*
 * Find a parameter in a query ("a=1&b=2") by its name, as sent.  Returns
 * whether it is there; *value is still encoded and may be empty.
 */
bool uri_query(struct slice query, const char *name, struct slice *value);

/*
 * Add s percent-encoded.  uri_encode_path keeps "/" and what a path segment
 * may hold, for Location and href; uri_encode keeps unreserved bytes only.
 */
void uri_encode_path(struct buf *, struct slice s);
void uri_encode(struct buf *, struct slice s);

#endif
