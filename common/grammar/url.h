/*
 * url.h - URLs as a client takes them: from a person or from a Location field.
 */
#ifndef URL_H
#define URL_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "grammar/uri.h"

struct url {
	bool secure;        /* https */
	struct slice host;  /* an IPv6 address without brackets */
	unsigned port;      /* 80 or 443 if not given */
	struct slice path;  /* as written; may be empty (means "/") */
	struct slice query; /* p is NULL without one */
	struct slice user;  /* userinfo; p is NULL without one */
};

/*
 * Parse a URL as a person types it: the scheme may be missing (http), a
 * fragment is dropped.  Bytes that may not stand in a path (space, UTF-8) are
 * let through: url_target() encodes them.  Returns 0, URI_BAD,
 * URI_BAD_SCHEME or URI_BAD_HOST.
 */
int url_parse(struct slice text, struct url *);

/*
 * Add the request target of a URL: path and query, "/" if empty, with every
 * byte encoded that may not be sent as it is.
 */
void url_target(struct buf *, const struct url *);

/*
 * Add host, with brackets around an IPv6 address, and the port unless it is
 * the scheme's own: what goes into the Host field.
 */
void url_host(struct buf *, const struct url *);

/*
 * Resolve a reference (a Location field) against the URL it came from, RFC
 * 3986 5.2, and add the absolute URL to the buf.  Returns 0 or URI_BAD.
 */
int url_resolve(struct buf *, const struct url *base, struct slice reference);

#endif
