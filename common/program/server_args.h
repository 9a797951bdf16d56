/*
 * server_args.h - the options of the contract that every server takes.  For
 * server.c only.
 */
#ifndef SERVER_ARGS_H
#define SERVER_ARGS_H

#include "service/server.h"

/*
 * Set the defaults, parse the command line into s->options, the offers and
 * what the program's own table says, and call s->configure with the operands.
 * argv is permuted.  A fault exits (64).
 */
void server_parse(struct server *, int argc, char **argv);

#endif
