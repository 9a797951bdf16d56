/*
 * status.h - how is the server doing? (--status PATH), as a page or as JSON.
 *
 * Reads the scoreboard (service/scoreboard.h), which the master keeps; what it
 * shows is a moment's look and may be a connection behind.
 */
#ifndef STATUS_H
#define STATUS_H

#include "web/web.h"

/*
 * Is it that page which is asked for (GET or HEAD)?  Then answer: JSON for
 * whoever likes it better than HTML.  Returns 0: the reply is made.
 */
bool status_wants(const struct exchange *);
int status_answer(struct exchange *);

#endif
