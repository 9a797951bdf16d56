/*
 * server_settle.h - what the options that every server takes mean together.
 * For server_args.c only.
 */
#ifndef SERVER_SETTLE_H
#define SERVER_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "service/server.h"

#define SERVER_NOT_GIVEN UINT64_MAX /* the value of an option that was not */

/*
 * Put what follows from others in place of what was not given, and begin the
 * log as they say; exec: whether --exec was given.  Two wishes that contradict
 * each other exit (64).
 */
void server_settle(const char *program, struct server_options *, bool exec);

/*
 * How many connections one process serves, by options that were settled; 0:
 * there is no end.
 */
uint64_t server_settle_reuse(const struct server_options *);

#endif
