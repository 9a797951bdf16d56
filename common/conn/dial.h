/*
 * dial.h - connections to elsewhere, for a process that may not connect.
 *
 * The dialler (servers/dialler, a process of its own) connects to the places
 * that the server's options name, and to nothing else.  Each connection of a
 * client has a socket to it (SOCK_SEQPACKET, non-blocking, c->dialler) that
 * the master made for this connection alone (master/dialler_line.c).  A child
 * asks for a place by its number in the list of its service, and is given a
 * connected descriptor, which is non-blocking; it never names an address, and
 * never waits.
 *
 * One kind of question, of one size.  Anything else ends the socket, and so
 * does one question more than DIAL_AT_ONCE without an answer, or answers that
 * nobody takes.
 */
#ifndef DIAL_H
#define DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "conn/conn.h"

#define DIAL_PROGRAM    "berth-dialler"
#define DIAL_PLACES_MAX 64    /* of all services of a program */
#define DIAL_AT_ONCE    32    /* questions of one connection under way */
#define DIAL_MS         10000 /* for one of them */

/* What the master sends beside a new socket: the places of its service. */
struct dial_scope {
	uint32_t first, count;
};

/* What a child asks. */
struct dial_ask {
	uint32_t ticket; /* comes back with the answer */
	uint32_t place;  /* below count */
};

/*
 * The answer, with the descriptor if error is 0.  ENOENT: there is no such
 * host; EAGAIN: nobody knows at present, or too many dial; ETIMEDOUT; or what
 * connect(2) came to.
 */
struct dial_answer {
	uint32_t ticket;
	int32_t error;
};

/* One call, in a child. */
struct dial {
	uint32_t ticket; /* 0: nothing is under way */
	bool done;
	int fd;    /* connected; -1: not */
	int error; /* then */
	struct dial *next;
};

/*
 * Begin a call.  Returns 0, or -1 with errno: ENOTCONN when there is no
 * dialler, or none any more; EAGAIN when DIAL_AT_ONCE calls are under way.
 */
int dial_begin(struct conn *, struct dial *, unsigned place);

/*
 * Is it answered?  To be asked when c->dialler is readable; since that may be
 * for another call of the same connection, which then takes all answers, also
 * after dial_ms() at the latest.  Returns whether it is; then d->fd is the
 * caller's, or -1 with d->error.
 */
bool dial_hear(struct conn *, struct dial *);
int64_t dial_ms(void);

/*
 * Never mind.  Closes nothing that dial_hear() has given.
 */
void dial_forget(struct dial *);

#endif
