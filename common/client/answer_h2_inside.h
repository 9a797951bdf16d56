/*
 * answer_h2_inside.h - what the files of answer_h2.h share.  Nobody else
 * includes it.
 *
 *	answer_h2_session.c	the session: frames, and what they come to
 *	answer_h2_ask.c		a request
 *	answer_h2.c		its answer
 */
#ifndef ANSWER_H2_INSIDE_H
#define ANSWER_H2_INSIDE_H

#include <nghttp2/nghttp2.h>

#include "client/answer_h2.h"

struct answer_h2 {
	struct conn *c;
	nghttp2_session *session;
	int32_t stream;    /* that is asked on; 0: none */
	struct slice body; /* of the request, what is left */
	struct buf text;   /* a head, "name: value" */
	struct buf shown;  /* ... in the answer while the next one comes */
	struct buf data;   /* of the body, not yet taken */
	int status;        /* of the head that comes; 0: trailers */
	int heads;         /* complete, and not yet taken: 0 or 1 */
	int interim;       /* 1xx so far */
	bool final;        /* the head is that of the answer */
	bool full;         /* a head was too long */
	bool ended;        /* END_STREAM */
	bool closed;       /* the stream, with ... */
	uint32_t error;
	int broken; /* the session: nghttp2's error */
};

/*
 * Send all that is to be sent now.  Returns 0, or a conn_status.
 */
int answer_h2_send(struct answer_h2 *);

/*
 * Send, and wait for more.  Returns 1, or a conn_status.
 */
ssize_t answer_h2_pump(struct answer_h2 *);

#endif
