/*
 * reply.h - a reply as a value: a status, field lines, and a body that is bytes,
 * a range of a file, or pieces that are made when they are sent.
 *
 * A program builds it with the functions of web.h; h1_reply.c turns it into
 * the bytes of HTTP/1.1, h2_reply.c into frames.  It says nothing of how a
 * message is framed.
 */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

#define REPLY_FIELDS_MAX 65536 /* bytes of fields that are made for a reply */
#define REPLY_OPEN_END   UINT64_MAX /* the length, when nobody knows it */
#define REPLY_WAKE_MS    60000      /* a producer is asked at least so often */

/* For what else somebody wants to be woken. */
enum reply_wake {
	REPLY_WAKE_ROOM = 1, /* wake_fd takes bytes */
	REPLY_WAKE_BODY = 2, /* there may be more of the request's body */
};

/* A piece of a body: bytes, or, if there are none, a range of a file. */
struct piece {
	struct slice bytes; /* good until the producer is called again */
	int file;
	off_t offset;
	uint64_t n;
	int wake_fd;       /* with PIECE_LATER: when this is readable, or ... */
	int64_t wake_ms;   /* ... after so long at most; -1 and 0 at first */
	unsigned wake_for; /* ... or more of enum reply_wake; 0 at first */
	bool whole; /* what comes later belongs to the reply: it waits for that
		     * though the server is to finish, or the client sends no
		     * more; false at first */
};

enum piece_status {
	PIECE_BROKEN = -1, /* the rest cannot be had: cut the reply off */
	PIECE_END = 0,     /* there is no more; *p is not looked at */
	PIECE_MORE = 1,    /* send this and ask for the next */
	PIECE_LATER = 2,   /* there is nothing yet: wake_fd, wake_ms */
};

/*
 * A producer: gives the next piece of the body.  It never waits, and may be
 * called without need.
 */
typedef enum piece_status reply_next(void *own, struct piece *p);

enum reply_kind { REPLY_BYTES, REPLY_FILE, REPLY_PIECES };

struct reply {
	int status;         /* 0: none has been made */
	struct slice type;  /* of Content-Type; empty: none */
	struct slice lines; /* whole field lines that live elsewhere ... */
	struct slice more;  /* ... and others */
	struct buf fields;  /* whole field lines that were made for it */
	enum reply_kind kind;
	uint64_t length; /* of the body */
	struct slice bytes;
	struct buf made; /* where bytes are, if they were made for it */
	int file;
	off_t offset;
	reply_next *next;
	void (*done)(void *own); /* all is sent, or will never be; or NULL */
	void *own;
};

/*
 * Make an empty one; it allocates nothing until it has to.
 */
void reply_init(struct reply *);

/*
 * Let go of what it holds (calls done()), and begin again with this status.
 */
void reply_begin(struct reply *, int status);

/*
 * The same, for good.
 */
void reply_free(struct reply *);

#endif
