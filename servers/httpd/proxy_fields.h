/*
 * proxy_fields.h - the head of a request as it is made anew for an upstream,
 * and which fields of its answer go on to the client.
 *
 * Nothing is passed on but the method, the target and fields, of which those
 * of one connection stay out (RFC 9110 7.6.1): what they say of framing is said
 * anew from what was parsed, so both sides see one message.  Bytes in, bytes
 * out.
 */
#ifndef PROXY_FIELDS_H
#define PROXY_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "grammar/http_request.h"
#include "grammar/http_response.h"
#include "httpd/proxy_place.h"

#define PROXY_HOPS_MAX 5 /* of our kind on the way: more is a circle */

/* What is known beside the request. */
struct proxy_asked {
	const struct http_request *r;
	const struct proxy_place *to;
	bool keep_host;     /* Host as the client had it; else the place's */
	bool upgrade;       /* to WebSocket */
	bool secure;        /* the client came by TLS */
	bool own_password;  /* Authorization is for us: it stays here */
	const char *client; /* its address, or NULL */
};

/*
 * Add the head of the request, up to its empty line.
 */
void proxy_ask_head(struct buf *, const struct proxy_asked *);

/*
 * Has the request come by so many of us that it goes in a circle?
 */
bool proxy_is_circle(const struct http_request *);

/*
 * Does the client want to speak WebSocket on this connection, and can it?
 */
bool proxy_wants_websocket(const struct http_request *);

/*
 * Add the fields of an answer that go on to the client, as whole lines.  own
 * are whole lines that every reply has anyway: of what they name, but for
 * Vary, nothing is passed on.
 */
void proxy_answer_fields(struct buf *, const struct http_response *,
    const struct proxy_place *, struct slice own);

#endif
