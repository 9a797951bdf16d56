/*
 * h1.h - a conversation in HTTP/1.1: what its files share among themselves.
 *
 * h1.c is the loop, h1_read.c reads the heads of requests, h1_body.c their
 * bodies, h1_reply.c makes bytes of replies; web_log.c writes their line.
 */
#ifndef H1_H
#define H1_H

#include "web/web.h"

/* What lives as long as the connection. */
struct h1 {
	struct exchange x;
	struct http_request request;
	struct buf
	    head; /* what is to be sent first; h1_reply.c's and its parts' alone */
	struct buf kept; /* the request's head while its body is read */
	struct buf line; /* of the log */
	char client[ADDR_MAX_TEXT];
	int conduct;
	bool is_tls;             /* the client speaks TLS, and we do not */
	uint64_t received, sent; /* of the conn's, what is on the scoreboard */
};

/*
 * Hold a conversation in HTTP/1.1.  Bytes of it may be in c->in already.
 * Returns a conduct.
 */
int h1_serve(struct conn *, const struct service *);

/*
 * Wait for the beginning of a request.  Returns whether there is one; if
 * not, t->conduct says whether the connection rests.
 */
bool h1_await(struct h1 *);

/*
 * Read on until the head can be judged.  Returns what http_request_parse()
 * says, or 0 with *end the conn_status that ended it.
 */
long h1_read_head(struct h1 *, ssize_t *end);

/*
 * While a body is read conn->in moves: keep the head, of n bytes, elsewhere.
 * Returns false when memory is out.
 */
bool h1_keep_head(struct h1 *, size_t n);

/*
 * Begin to read the body of x->r.
 */
void h1_body_begin(struct exchange *);

/*
 * Get an unwanted body out of the way.  Returns 0 (x->close is set if there is
 * more than we care to read), or negative as web_body_next().
 */
int h1_body_drain(struct exchange *);

/*
 * Has all of the body been read?
 */
bool h1_body_is_done(const struct exchange *);

/*
 * Send the reply that x holds.  Returns 0, CONN_ERROR or CONN_TIMEOUT; x->close
 * is set if nothing can follow it.
 */
int h1_reply(struct h1 *);

/*
 * What conn_wait() is to wait for, beside wake_fd: a hang-up if that is of
 * interest, and what wake_for (of enum reply_wake) says.
 */
unsigned h1_wait_for(bool hang_up, unsigned wake_for);

/*
 * The Date field's line, made anew once a second.
 */
struct slice web_date_line(void);

/*
 * Have the program answer, or answer for it if the request is not for us.
 */
int web_answer(struct exchange *);

/*
 * Write the line of the access log; line is scratch.  client is the address in
 * words.
 */
void web_log(const struct exchange *, const char *client, struct buf *line);

#endif
