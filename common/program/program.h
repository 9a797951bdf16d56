/*
 * program.h - the main() that every server shares.
 *
 * Parses the options of the contract beside the program's own, finds out how
 * it was started (by hand, by systemd with listeners, by inetd with a
 * connection on descriptor 0, by our own master with --isolation exec or for a reload),
 * and runs the master.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "service/server.h"

/*
 * Run until asked to stop.  Returns the exit code for main().
 */
int server_main(struct server *, int argc, char **argv);

#endif
