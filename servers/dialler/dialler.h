/*
 * dialler.h - the rooms of the dialler, each calling only those before it in
 * this list:
 *
 *	resolver  a process that looks one name up
 *	places    where there is to connect to, and its addresses
 *	calls     connections that are being made
 *	rights    the sandbox
 *	lines     all sockets, and the loop
 *
 * What is said on the sockets is in conn/dial.h.  All that comes from children
 * is taken for hostile.
 */
#ifndef DIALLER_ROOMS_H
#define DIALLER_ROOMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conn/dial.h"
#include "system/addr.h"

#define DIALLER_ADDRESSES 8 /* of one place, at most */

/* ---- resolver.c ---- */

/* What it says to one byte, "look it up". */
struct resolver_answer {
	int32_t error; /* 0, ENOENT or EAGAIN */
	uint32_t count;
	struct addr found[DIALLER_ADDRESSES];
};

/*
 * Start the process for a name.  Returns our end of its socket, or -1 with
 * errno.  It ends when that is closed.
 */
int resolver_start(const char *host, const char *port);

/* ---- places.c ---- */

struct place {
	const char *text; /* HOST:PORT */
	uint16_t port;
	int resolver; /* -1: the addresses are known for ever */
	bool asked;   /* it has not answered yet */
	int64_t good_until;
	int error; /* what it said last */
	size_t count;
	struct addr found[DIALLER_ADDRESSES];
};

/*
 * Take in HOST:PORT.  localhost and what ends in it is both loopbacks, an
 * address is itself, and for all else there is a resolver.  Returns 0, or -1
 * with *why in words.
 */
int places_add(const char *text, const char **why);
size_t places_count(void);
struct place *places_at(size_t);

/*
 * Are its addresses known now?  If not the resolver is asked; places_hear()
 * takes in what it says, and returns false when it has ended.
 */
bool places_know(struct place *, int64_t now_ms);
bool places_hear(struct place *, int64_t now_ms);

/* ---- calls.c ---- */

#define CALLS_MAX 1024

struct call {
	int fd; /* connecting; -1: none yet, its place is being looked up */
	bool used;
	uint32_t line;   /* whose, in lines.c */
	uint32_t ticket; /* its word for it */
	uint32_t turn;   /* how often the slot was used */
	struct place *place;
	size_t next; /* of the place's addresses */
	int64_t deadline, address_deadline;
};

/*
 * Begin a call for a line.  Returns it, or NULL when there is no room.
 */
struct call *calls_begin(
    uint32_t line, uint32_t ticket, struct place *, int64_t now_ms);

/*
 * Go on with it: watch(call) is called for each new descriptor, which is to be
 * watched for EPOLLOUT.  Returns -1 when it is under way; 0, with call->fd
 * connected; or an errno that it has come to.  calls_writable() when its
 * descriptor is, calls_late() when its time may be over.
 */
int calls_go(struct call *, int64_t now_ms, int (*watch)(struct call *));
int calls_writable(struct call *, int64_t now_ms, int (*watch)(struct call *));
int calls_late(struct call *, int64_t now_ms, int (*watch)(struct call *));

/*
 * It is over; its descriptor is closed.
 */
void calls_end(struct call *);

/*
 * All slots; when the next of them is to be looked at.
 */
struct call *calls_at(size_t);
size_t calls_index(const struct call *);
int64_t calls_due(void);

/* ---- lines.c ---- */

/*
 * Serve all that the master sends on this socket, until it is gone and so are
 * all whom it has sent.  Returns the exit code.
 */
int dialler_serve(int control);

#endif
