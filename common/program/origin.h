/*
 * origin.h - how a server's process was started: by whom, and what was left
 * open for it.  For server.c and its parts.
 */
#ifndef ORIGIN_H
#define ORIGIN_H

enum origin {
	BY_HAND,   /* or by systemd: a master of its own */
	BY_INETD,  /* a connection on descriptor 0: serve it and go */
	BY_MASTER, /* a child of --isolation exec */
	FOR_TRIAL, /* a reload asks whether the options are right */
};

/*
 * Which it is, as the environment and descriptor 0 tell.
 */
enum origin origin_find(void);

/*
 * The descriptor in which an earlier image of this process has left its reload
 * state, or -1.  The environment says so once only.
 */
int origin_reload_state(void);

/*
 * Close the descriptors that were left open by whoever started us, and are not
 * for us.
 */
void origin_close_strays(enum origin, int reload_state);

#endif
