/*
 * server_whole.h - does a server need its whole image (system/whole.h)?
 */
#ifndef SERVER_WHOLE_H
#define SERVER_WHOLE_H

#include "service/server.h"

/*
 * The options are known, and nothing was done yet: become the whole image if they
 * ask for what the plain one has not.  One that is not there ends the program
 * (78).
 */
void server_whole(const struct server *);

#endif
