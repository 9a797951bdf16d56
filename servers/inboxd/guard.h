/*
 * guard.h - who may ask anything of the inbox at all.
 *
 * A browser on this machine shows pages of the whole world, and each of them can
 * send requests to localhost.  So:
 *  - Host must name this machine (the web does that for us, web/host.h);
 *  - what changes something must come from our own page or from no page:
 *    Origin, if there is one, is our own, and Sec-Fetch-Site is not
 *    cross-site;
 *  - a picture, a style or a frame of some page gets nothing of the API but
 *    parts of messages and views, which are inert;
 *  - with --auth, everybody says who they are.
 */
#ifndef GUARD_H
#define GUARD_H

#include "web/web.h"

bool guard_allows(const struct exchange *);

/*
 * Say why not: 401 or 403.
 */
int guard_refuse(struct exchange *);

#endif
