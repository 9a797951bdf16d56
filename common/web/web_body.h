/*
 * web_body.h - HTTP as a program sees it: the body of a request.
 *
 * For a program that has said wants_body() (web.h); the bodies of others are got
 * out of the way before it is asked.
 */
#ifndef WEB_BODY_H
#define WEB_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "grammar/http_body.h"
#include "grammar/http_chunked.h"
#include "grammar/http_fault.h"

#define WEB_BODY_RATE \
	4096                /* bytes a second that must come of a body, beyond
			     * twice idle_ms, which it may take in any case */
#define WEB_DRAIN_MAX 65536 /* a longer unwanted body ends the connection */

struct exchange;

/* A body being read. */
struct web_body {
	enum http_body_kind kind;
	uint64_t left;  /* HTTP_BODY_LENGTH */
	uint64_t total; /* read so far */
	size_t to_eat;  /* of conn->in, before the next read */
	bool begun;
	int64_t from_ms; /* clock_ms() when it was first waited for */
	struct http_chunked chunked;
};

/*
 * Read on in the body: the next piece, good until the next call.  Sends 100
 * (Continue) first if the client waits for it.  Returns 1, 0 at its end, a
 * negative conn_status (CONN_EOF is told as CONN_ERROR with errno ECONNRESET),
 * or -100 + an http_fault_code.
 */
#define WEB_BODY_FAULT (-100)
int web_body_next(struct exchange *, struct slice *data);

/*
 * The same, but never waits: WEB_BODY_LATER when there is nothing yet
 * (REPLY_WAKE_BODY); CONN_TIMEOUT when the client has taken too long.  What
 * the program itself makes it wait is not the client's: web_body_held().
 */
#define WEB_BODY_LATER 2
int web_body_now(struct exchange *, struct slice *data);
void web_body_held(struct exchange *, int64_t ms);

/*
 * Read all of it to the buf, whose maximum is the limit.  Returns 0; 1 if it
 * is too large, at once where its length says so (the connection must then be
 * closed: web_refuse(x, 413, ...));
 * or negative as web_body_next().
 */
int web_body_read(struct exchange *, struct buf *);

#endif
