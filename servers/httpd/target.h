/*
 * place.h - from the path of a request to a name below the root.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "web/web.h"

#define PLACE_MAX (HTTP_MAX_TARGET + 1024) /* room for a host and a file */

/* A path, decoded and normalised, behind the directory of its host. */
struct place {
	char text[PLACE_MAX]; /* "/a/b", or "host/a/b" with --vhosts */
	size_t host;          /* bytes of the host */
	size_t n;
};

/*
 * Find the place that a request names.  Returns 0, or a status code with
 * *why: 400 or 404 for a path that cannot be, 421 for a host that is not here.
 */
int place_of(const struct exchange *, struct place *, const char **why);

/*
 * The name to open below site.root: "a/b", "host/a/b", "." for the root.
 */
const char *place_name(const struct place *);

/*
 * The path as the client sees it, decoded: "/a/b".
 */
struct slice place_path(const struct place *);

/*
 * Does it end in "/"?
 */
bool place_is_directory(const struct place *);

/*
 * Is any part of it hidden (dotfiles and backups)?  .well-known is not.
 */
bool place_is_hidden(const struct place *);

/*
 * May a name be seen in a listing, by the same rule?
 */
bool place_may_show(struct slice name);

/*
 * Put a file's name behind the place, cutting off what was behind n.  Returns
 * the name to open, or NULL with errno ENAMETOOLONG.
 */
const char *place_with(struct place *, const char *file);

/*
 * The name of a file at the top of the place's host.  As place_with(); the
 * place is no longer of use after that.
 */
const char *place_at_top(struct place *, const char *file);

#endif
