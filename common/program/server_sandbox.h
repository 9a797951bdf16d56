/*
 * server_sandbox.h - who a server's children are, and what they may still do,
 * as its options say.  For server.c.
 */
#ifndef SERVER_SANDBOX_H
#define SERVER_SANDBOX_H

#include <stdbool.h>

#include "child/child.h"
#include "master/listeners.h"
#include "program/origin.h"
#include "sandbox/privdrop.h"
#include "sandbox/sandbox.h"
#include "service/server.h"

/*
 * Who children are (--user); nothing of theirs is touched before that is
 * known.  A user that there is not ends the program.
 */
const struct privdrop *server_user(const struct server_options *);

/*
 * The plan of their sandbox, for good; the services of setup are prepared.
 * reloaded: clients are being served while it is made.  What cannot be had ends
 * the program; what --isolation restore cannot have is a fork, and is said.
 */
const struct sandbox_plan *server_sandbox(const struct server *,
    const struct child_setup *, const struct listeners *,
    const struct privdrop *, enum origin, bool reloaded);

#endif
