/*
 * proxy_call.h - one request and an upstream's answer: what the files of the
 * proxy share among themselves.
 *
 *	proxy.c		whose a request is, and one step after the other
 *	proxy_answer.c	its answer becomes a reply
 *	proxy_tunnel.c	WebSocket: bytes both ways
 *	proxy_fault.c	there is no answer: pages that say what to do
 *	proxy_wire.c	what goes out and comes in, without waiting
 *	proxy_fields.c	heads, made anew
 *	proxy_place.c	prefixes and targets
 */
#ifndef PROXY_CALL_H
#define PROXY_CALL_H

#include "conn/dial.h"
#include "grammar/http_chunked.h"
#include "httpd/proxy_fields.h"
#include "httpd/proxy_place.h"
#include "web/web.h"

#define PROXY_IN_MAX 65536 /* of an answer at once; a head at most */

struct proxy_call {
	struct exchange *x;
	const struct proxy_place *to;
	struct dial dial;
	int fd;       /* the upstream's; -1: not yet */
	bool upgrade; /* WebSocket was asked for */

	struct buf out;  /* of the request; what is to be sent */
	size_t out_at;   /* so much of it has been */
	bool said;       /* all of the request is in out, or was */
	bool deaf;       /* the upstream takes no more of it */
	int64_t held_at; /* since then it takes nothing; 0: it does */

	struct buf in;    /* of the answer */
	size_t given;     /* of it; the client has these bytes */
	bool ended;       /* nothing more comes */
	int error;        /* and that is why; 0: in order */
	unsigned interim; /* answers before the answer */
	struct http_body body;
	struct http_chunked chunked;
	uint64_t left; /* HTTP_BODY_LENGTH */
	bool events;   /* a stream that may be silent, and end at any time */

	int64_t began_us;
	int64_t until_ms; /* it must have said something; CLOCK_NEVER: it is
			   * not waited for */
};

/* ---- proxy_wire.c ---- */

/*
 * Send what can be sent of the request, reading on in its body.  Returns 0, or
 * negative as web_body_now().
 */
int proxy_send(struct proxy_call *);

/*
 * What would let more be sent (of enum reply_wake).
 */
unsigned proxy_send_waits(const struct proxy_call *);

/*
 * Receive what there is and has room.  Returns whether something came.
 */
bool proxy_hear(struct proxy_call *);

/*
 * For how long to wait, at most; 0 when the upstream has been silent for too
 * long.
 */
int64_t proxy_patience(struct proxy_call *);

/*
 * All of it is over.
 */
void proxy_done(void *call);

/* ---- proxy_fault.c ---- */

enum proxy_fault {
	PROXY_NO_DIALLER,
	PROXY_CLOSED,   /* before it had answered */
	PROXY_NO_HTTP,  /* code: an http_fault_code */
	PROXY_SILENT,   /* it has not answered in time */
	PROXY_SWITCHES, /* to what nobody has asked for */
	PROXY_TALKS,    /* and never answers */
	PROXY_CIRCLE,   /* it is asked by us for what it asks us */
	PROXY_AWAY,     /* code: what connecting came to, an errno */
};

/*
 * Answer with a page (to a browser) or a line of text.  Returns 0.
 */
int proxy_fail(
    struct exchange *, const struct proxy_place *, enum proxy_fault, int code);

/* ---- proxy_tunnel.c, proxy_answer.c ---- */

/*
 * The upstream has agreed to WebSocket: see web_upgrade().  call is its own.
 */
int proxy_tunnel(struct conn *, void *call);

/*
 * The head of the answer is there, or will not be: make the reply.  Returns 0,
 * or WEB_LATER: there is none yet, but time.
 */
int proxy_reply(struct proxy_call *);

#endif
