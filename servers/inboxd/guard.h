/*
 * guard.h - who may ask anything of the inbox at all.
 *
 * A browser on this machine shows pages of the whole world, and each of them can
 * send requests to localhost.  So:
 *  - Host must name this machine (the web does that for us, service/host.h);
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

/*
 * May this be answered?  With --auth the password is looked at, which costs
 * time.
 */
bool guard_allows(struct exchange *);

/*
 * May that be, before the password is looked at, which costs time and is
 * counted?  Then a body is worth reading.
 */
bool guard_may_allow(const struct exchange *);

/*
 * Say why not: 401 or 403.
 */
int guard_refuse(struct exchange *);

#endif
