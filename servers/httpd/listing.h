/*
 * listing.h - what is in a directory, for people (HTML) and programs (JSON).
 */
#ifndef LISTING_H
#define LISTING_H

#include "httpd/target.h"
#include "web/web.h"

#define LISTING_MAX 20000 /* names; more are left out, which is said */

/*
 * Answer with the listing of a target.  Returns 0, or, with nothing answered, an
 * errno: EACCES also for --no-listing.
 */
int listing_answer(struct exchange *, const struct target *);

#endif
