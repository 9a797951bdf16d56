/*
 * commands.h - what is done about each command.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "bytes/slice.h"

struct session;

/*
 * Obey a command line (without its end): look it up in the table of the
 * grammar, check that it may be said now and has the argument it needs, and
 * do it.  Always replies, or ends the session.
 */
void commands_obey(struct session *, struct slice line);

#endif
