/*
 * stand_in.h - a server that the test plays itself, in a thread.
 *
 * For clients: it may say what no decent server would.  The threads end with
 * the test process.
 */
#ifndef RIG_STAND_IN_H
#define RIG_STAND_IN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Serve each client of a listener in turn: play is called with the connected
 * descriptor, which is closed after it.  rig_stand_in makes the listener, on a
 * free port of 127.0.0.1, and returns that port.  End the test on failure.
 */
void rig_stand_in_on(int listener, void (*play)(int fd, void *), void *with);
unsigned rig_stand_in(void (*play)(int fd, void *), void *with);

/*
 * The same with a datagram socket: play is called once with the socket.
 */
unsigned rig_stand_in_udp(void (*play)(int fd, void *), void *with);

/* An HTTP server without any rules: the nth request gets the nth answer. */
struct rig_script {
	const char *const
	    *answers; /* ended by NULL; the last one is repeated */
	bool once;    /* after each answer, close */
	int split;    /* send so many bytes at a time; 0: all at once */
	/* What came, to be looked at when the client has ended: */
	int clients, requests;
	char heard[65536]; /* all heads and bodies, with a NUL behind */
	size_t n;
};

/*
 * Play it; with is a struct rig_script.
 */
void rig_play_http(int fd, void *with);

/*
 * Send without a word about failure: the client may be meant to go away.
 * False when it has.
 */
bool rig_try(int fd, const char *text, size_t n);

#endif
