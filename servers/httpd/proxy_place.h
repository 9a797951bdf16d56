/*
 * proxy_place.h - where a path of the site is somebody else's: an option
 * --proxy PREFIX=URL, and what becomes of a request's target there.
 *
 * Pure.  A prefix is compared with the path as it was sent, at whole segments:
 * /api is /api and all below it, not /apis.  Without a path in the URL the
 * target is passed on as it is; a path, be it "/" alone, takes the place of
 * the prefix:
 *
 *	--proxy /api=http://localhost:3000	/api/a?b  is  /api/a?b  there
 *	--proxy /api=http://localhost:3000/	/api/a?b  is  /a?b
 *	--proxy /api=http://localhost:3000/v1	/api/a?b  is  /v1/a?b
 */
#ifndef PROXY_PLACE_H
#define PROXY_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

#define PROXY_PLACES_MAX 32
#define PROXY_HOST_MAX   300 /* bytes of HOST:PORT, and a NUL */

struct proxy_place {
	struct slice prefix; /* without a slash at its end; empty: all */
	bool below;          /* it was given with one: not the prefix itself */
	struct slice base;   /* in its place, likewise; p is NULL: it stays */
	char host[PROXY_HOST_MAX]; /* as Host has it */
	char dial[PROXY_HOST_MAX]; /* HOST:PORT, always with a port */
};

/*
 * Read one option.  Slices point into text.  Returns 0, or -1 with *why: what
 * is wrong and what would be right, a constant.
 */
int proxy_place_read(const char *text, struct proxy_place *, const char **why);

/*
 * The one with the longest prefix of path, as sent; its number, or -1.
 */
int proxy_place_find(
    const struct proxy_place *, size_t count, struct slice path);

/*
 * Does a path have no segment "." or "..", however it is encoded?  One that
 * has could leave the prefix.  No client sends one: it resolves them before.
 */
bool proxy_path_stays(struct slice path);

/*
 * Add the target that is asked for there.  query.p is NULL where there is
 * none.
 */
void proxy_target(struct buf *, const struct proxy_place *, struct slice path,
    struct slice query);

/*
 * Does this Location (RFC 9110 10.2.2) lead to the place itself?  Then *path is
 * what the client knows it by, in a buf, and true.
 */
bool proxy_location(
    const struct proxy_place *, struct slice location, struct buf *path);

#endif
