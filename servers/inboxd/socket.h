/*
 * socket.h - what happens, told over a WebSocket (RFC 6455): the handshake,
 * and the conversation, in which the client says nothing but good-bye.
 */
#ifndef SOCKET_H
#define SOCKET_H

#include "inboxd/snapshot.h"
#include "web/web.h"

/* What a socket is for: how an event becomes a text; with is yours. */
struct socket_events {
	/* Add the text of an event, JSON; nothing, if it is not to be told. */
	void (*tell)(struct buf *text, enum snapshot_event,
	    const struct index_row *, const struct index_counts *);
};

/*
 * Answer with 101 and tell events from then on; or with 400 or 426 when the
 * request is no handshake.
 */
int socket_answer(struct exchange *, const struct socket_events *);

#endif
