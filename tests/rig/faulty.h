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
 *	lie		says to the master what no child says
 *	segv abort stack oom sys spin hang
 *			ends that way
 *	exit CODE	ends with that code
 */
#ifndef RIG_FAULTY_H
#define RIG_FAULTY_H

#include <stdbool.h>

#include "rig/program.h"

#define FAULTY "faulty" /* its service, in the ready line */

/* In the environment: a line of sh that is to run as a helper of it. */
#define FAULTY_HELPER "BERTH_FAULTY_HELPER"
#define FAULTY_SHELL  "/bin/sh"

bool faulty_is_asked(void);
int faulty_main(int argc, char **argv);

/*
 * Be the server if the rig has started us as one, else run the tests.
 */
int faulty_or_tests(int argc, char **argv);

/*
 * Start it; options may be NULL or up to 12, ended by NULL.
 */
struct rig *faulty_start(const char *const *options);

#endif
