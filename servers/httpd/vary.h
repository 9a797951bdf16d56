/*
 * vary.h - of what else than the path of a request its answer has come to
 * depend, for caches (Vary, RFC 9110 12.5.5).
 *
 * Noted where it is looked at, told when the reply is made.  It is kept in the
 * exchange: several are under way in one process.
 */
#ifndef VARY_H
#define VARY_H

#include "web/web.h"

enum vary {
	VARY_NAVIGATION = 1, /* whether somebody goes there (navigation.h) */
	VARY_LANGUAGE = 2,   /* the client's (redirects.h) */
};

/*
 * It depends on that, too.
 */
void vary_note(struct exchange *, enum vary);

/*
 * The reply has been made: say so.
 */
void vary_tell(struct exchange *);

#endif
