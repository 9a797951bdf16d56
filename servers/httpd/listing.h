/*
 * listing.h - what is in a directory, for people (HTML) and programs (JSON).
 *
 *	?sort=name|size|date&order=asc|desc	the order
 *	?q=WORD					only names with WORD in them
 *	?archive=tar|zip			all that lies below (folder.h)
 */
#ifndef LISTING_H
#define LISTING_H

#include "httpd/target.h"
#include "web/web.h"

/*
 * Answer with the listing of a target.  Returns 0, or, with nothing answered, an
 * errno: EACCES also for --no-listing.
 */
int listing_answer(struct exchange *, const struct target *);

#endif
