/*
 * navigation.h - is this someone who goes to a page, and not a script that
 * fetches a file?  Then an application of a single page (--spa) may answer.
 */
#ifndef NAVIGATION_H
#define NAVIGATION_H

#include <stdbool.h>

#include "web/web.h"

/*
 * Browsers say so; of others, one who asks for HTML by name.
 */
bool navigation_is(const struct exchange *);

/*
 * For caches: nobody has asked yet; and, when the reply is made, say that it
 * depends on that, if somebody has.
 */
void navigation_begin(void);
void navigation_vary(struct exchange *);

#endif
