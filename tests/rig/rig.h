/*
 * rig.h - start a real program and talk to it byte by byte.
 *
 * For Criterion tests and for anything else that drives the real binaries.
 * Include this and have it all:
 *
 *	program.h  start, ready lines, standard error, signals, exit status
 *	wire.h     connect, send, receive exactly, reset, half-close
 *	http.h     one request, one reply, parsed
 *	smtp.h     one command, one reply
 *	like.h     is a text as a pattern of lines says?
 *	look.h     children, state, memory and descriptors of a process
 *	place.h    a directory of its own for a test
 *	notify.h   a stand-in for systemd's NOTIFY_SOCKET
 *	shell.h    a line of sh and what comes of it
 *	stand_in.h a server played by the test, for clients
 *	wait.h     how long is too long
 *
 * A test reads like this:
 *
 *	struct rig *r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0"));
 *	int fd = rig_open(r, "greet");
 *
 *	cr_assert(rig_expect(fd, "Thank you for connecting\r\n"));
 *	cr_assert(rig_expect_end(fd));
 *	cr_assert_eq(rig_stop(r), 0);
 *
 * What cannot be set up (a program that does not start, a connect that is
 * refused by rig_open) ends the test with a line that says so.  What is
 * measured returns a bool, and a false has said why on standard error,
 * together with the last words of every program started.  Nothing waits
 * without an end (wait.h) and nothing survives the test: every program runs
 * in a process group of its own, and a guard outside the test kills that
 * group when the test process ends, however it ends.
 *
 * Never fork() in a Criterion test, and do not use its .timeout.
 */
#ifndef RIG_H
#define RIG_H

#include "rig/http.h"
#include "rig/like.h"
#include "rig/look.h"
#include "rig/notify.h"
#include "rig/place.h"
#include "rig/program.h"
#include "rig/shell.h"
#include "rig/smtp.h"
#include "rig/stand_in.h"
#include "rig/wait.h"
#include "rig/wire.h"

#endif
