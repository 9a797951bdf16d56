/*
 * faulty.h - a server with planted faults, for tests of what a fault reaches.
 *
 * It lives in the test program itself, whose main() is faulty_or_tests(); a
 * test starts it with faulty_start().  A client says a line and gets one back:
 *
 *	echo WORDS	WORDS
 *	keep HEX	keeps the bytes (each ^ 0x55) on the heap, on the stack
 *			and in static memory, and frees what can be freed
 *	scan HEX	reads all of its writable memory, wherever: "found" or
 *			"none"
 *	persist NAME	tries to change something for the next client
 *			(persist.h): "done" or "refused"
 *	registers	"pristine", or which are not
 *	pid		its process
 *	lie		says to the master what no child says
 *	say WORDS	says these to the master, one letter each, and then is as
 *			after stay
 *	name		says to the master that its client is 192.0.2.9, and does
 *			not hear whether that one may come in: "named"
 *	steal		says that it is idle, and answers "stolen" to whoever it
 *			is then given, for as long as it is given some
 *	words HEX	writes the bytes to its standard error
 *	log HEX		sends them as a line for the access log
 *	flood		writes twenty thousand lines there
 *	forge HEX	sends them in the name of the master: "EPERM"
 *	descriptors	what 0, 1 and 2 are
 *	spoil		does to them what a terminal, a pipe, a file and a socket
 *			can be done to
 *	stay		drops its alarm, blocks all signals and waits for ever
 *	segv abort stack oom sys spin hang
 *			ends that way
 *	exit CODE	ends with that code
 */
#ifndef RIG_FAULTY_H
#define RIG_FAULTY_H

#include <stdbool.h>
#include <sys/types.h>

#include "rig/program.h"

#define FAULTY "faulty" /* its service, in the ready line */

/* In the environment: that it answers datagrams too; that it can be asked to
 * make room; its longest_ms; its rests_ms; a line of sh that is to run as a
 * helper of it. */
#define FAULTY_DATAGRAMS  "BERTH_FAULTY_DATAGRAMS"
#define FAULTY_YIELDS     "BERTH_FAULTY_YIELDS"
#define FAULTY_LONGEST_MS "BERTH_FAULTY_LONGEST_MS"
#define FAULTY_RESTS      "BERTH_FAULTY_RESTS"
#define FAULTY_HELPER     "BERTH_FAULTY_HELPER"
#define FAULTY_SHELL      "/bin/sh"

bool faulty_is_asked(void);
int faulty_main(int argc, char **argv);

/*
 * Be the server if the rig has started us as one, else run the tests.
 */
int faulty_or_tests(int argc, char **argv);

/*
 * The same with its standard error on a descriptor of ours.
 */
struct rig *faulty_start_on(int err, const char *const *options);

/*
 * Start it; options may be NULL or up to 12, ended by NULL.
 */
struct rig *faulty_start(const char *const *options);

/*
 * For tests: the process that serves this connection.
 */
pid_t faulty_who(int fd);

#endif
