/*
 * target.h - from the path of a request to a name below the root.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <sys/types.h>

#include "web/web.h"

#define TARGET_MAX (HTTP_MAX_TARGET + 1024) /* room for a host and a file */

/* A path, decoded and normalised, behind the directory of its host. */
struct target {
	size_t host; /* bytes of the host */
	size_t n;
	char text[TARGET_MAX]; /* "/a/b", or "host/a/b" with --vhosts */
};

/*
 * Find the place that a request names.  Returns 0, or a status code with
 * *why: 400 or 404 for a path that cannot be, 421 for a host that is not here.
 */
int target_of(const struct exchange *, struct target *, const char **why);

/*
 * Has the host of this request a directory of its own (--vhosts)?
 */
bool target_knows_host(const struct exchange *);

/*
 * The name to open below site.root: "a/b", "host/a/b", "." for the root.
 */
const char *target_name(const struct target *);

/*
 * The path as the client sees it, decoded: "/a/b".
 */
struct slice target_path(const struct target *);

/*
 * Does it end in "/"?
 */
bool target_is_directory(const struct target *);

/*
 * Is any part of it hidden (dotfiles, backups, a server's file of options, at
 * the top _headers and _redirects)?  .well-known is not.
 */
bool target_is_hidden(const struct target *);

/*
 * May a name be seen in the listing of the directory of this name, by the same
 * rule?
 */
bool target_may_show(const char *dir, struct slice name);

/*
 * Put a file's name behind the place, cutting off what was behind n.  Returns
 * the name to open, or NULL with errno ENAMETOOLONG.
 */
const char *target_with(struct target *, const char *file);

/*
 * The name of a file at the top of the place's host.  As target_with(); the
 * place is no longer of use after that.
 */
const char *target_at_top(struct target *, const char *file);

#endif
