/*
 * navigation.h - is this someone who goes to a page, and not a script that
 * fetches a file?  Then an application of a single page (--spa) may answer.
 */
#ifndef NAVIGATION_H
#define NAVIGATION_H

#include <stdbool.h>

#include "web/web.h"

/*
 * Browsers say so; of others, one who asks for HTML by name.  That the reply
 * depends on it is noted (vary.h).
 */
bool navigation_is(struct exchange *);

#endif
