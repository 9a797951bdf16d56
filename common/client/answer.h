/*
 * answer.h - a server's answer, as a client of HTTP reads it: its head, and
 * the body to its end (RFC 9112 4 and 6).
 *
 * Whatever a server sends, memory stays bounded: the head by its buf, the body
 * by the conn's buffer, which is emptied as it fills.  Says nothing to anybody:
 * what went wrong is an answer_end, and the program finds the words.  Waits end
 * at the conn's deadline.  Called by clients.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "conn/conn.h"
#include "grammar/http_response.h"

#define ANSWER_HEAD_MAX 65536 /* bytes of a head */
#define ANSWER_INTERIM  64    /* 1xx before the answer, at most */

/* The head is kept apart so that the slices of r stay good. */
struct answer {
	struct buf head;
	struct http_response r;
	struct http_body body;
	uint64_t got; /* bytes of the body so far */
	int code;     /* what an answer_end has beside it */
};

enum answer_end {
	ANSWER_OK,
	ANSWER_NONE,      /* closed or lost (a conn_status) without a byte */
	ANSWER_HEAD_CUT,  /* in the middle of the head (a conn_status) */
	ANSWER_HEAD_BAD,  /* that is no HTTP (an http_fault_code) */
	ANSWER_FRAME_BAD, /* nor says where its body ends (the same) */
	ANSWER_SWITCHES,  /* 101, which nobody asked for */
	ANSWER_TALKS,     /* interim answers, and no other */
	ANSWER_BODY_CUT,  /* in the middle of the body (a conn_status) */
	ANSWER_BODY_BAD,  /* chunks that are none (an http_fault_code) */
	ANSWER_REFUSED,   /* by put() (what it returned) */
	ANSWER_RESET,     /* HTTP/2: broken off (an error code) */
	ANSWER_NO_H2,     /* HTTP/2: what came is none (nghttp2's error) */
};

/*
 * To begin, and to be done with it.
 */
void answer_init(struct answer *);
void answer_free(struct answer *);

/*
 * Read the head of the answer.  to_head says that the request was HEAD.
 * Interim answers (1xx) are read over; each, if not NULL, is called with
 * every head, theirs too.
 */
enum answer_end answer_head(struct conn *, struct answer *, bool to_head,
    void (*each)(const struct answer *));

/*
 * Read the body that the head announced, piece by piece: put() returns 0 to go
 * on.
 */
enum answer_end answer_body(struct conn *, struct answer *,
    int (*put)(void *with, struct slice), void *with);

#endif
