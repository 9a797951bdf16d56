/*
 * status.h - how is the server doing? (--status PATH), as a page or as JSON.
 *
 * Reads the scoreboard (service/scoreboard.h), which the master keeps; what it
 * shows is a moment's look and may be a connection behind.
 */
#ifndef STATUS_H
#define STATUS_H

#include "web/web.h"

bool status_wants(const struct exchange *);
int status_answer(struct exchange *);

#endif
