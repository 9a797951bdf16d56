/*
 * redirects.h - the file _redirects at the top of the site, as Netlify and
 * Cloudflare Pages have it:
 *
 *	/from[ name=value ...] /to [status[!]] [Language=de,fr]
 *
 * The first line that fits holds.  A file that is there goes first, unless the
 * status has a "!".  301, 302, 303, 307 and 308 lead there (301 without a
 * status); 200, 404 and 410 answer with what is there, inside the site and
 * nowhere else.
 */
#ifndef REDIRECTS_H
#define REDIRECTS_H

#include "httpd/target.h"
#include "web/web.h"

#define REDIRECTS_NAME "_redirects"
#define REDIRECTS_MAX  10000 /* rules; Cloudflare takes 2100 */

enum redirects_say {
	REDIRECTS_NOTHING, /* no rule fits */
	REDIRECTS_DONE,    /* the client has been sent elsewhere */
	REDIRECTS_INSIDE,  /* answer with the target, which is another now */
};

/*
 * What do the rules say about this request?  forced: only those with "!", and
 * otherwise only those without.  *status: 200, 404 or 410 for
 * REDIRECTS_INSIDE.  That the client's language counted is noted (vary.h).
 */
enum redirects_say redirects_ask(
    struct exchange *, struct target *, bool forced, int *status);

/*
 * Before the first fork: read the file, and tell what is wrong with it.  For one
 * connection (single) others have told that, unless it is new.
 */
void redirects_prepare(bool single);

#endif
