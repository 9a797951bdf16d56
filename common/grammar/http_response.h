/*
 * http_response.h - the head of a response, read by a client (RFC 9112 4).
 *
 * Bounded as strictly as a request, but lenient where servers in the wild
 * leave no choice: LF ends a line, folded fields are joined, the reason may be
 * missing.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stdbool.h>

#include "bytes/slice.h"
#include "grammar/http_body.h"
#include "grammar/http_fields.h"

struct http_response {
	int minor;           /* 0 or 1 */
	int status;          /* 100 to 599 */
	struct slice reason; /* may be empty */
	struct slice line;   /* the status line without its end */
	bool keep_alive;     /* another request may follow */
	struct http_fields fields;
};

/*
 * Parse the head of a response.  Returns the bytes consumed, 0 for more,
 * please, or an http_fault_code.  Interim responses (1xx) are returned like
 * any other: read on until status is 200 or above.
 */
long http_response_parse(struct slice, struct http_response *);

/*
 * How its body is framed, RFC 9112 6.3: to_head says that the request was
 * HEAD.  Returns 0 or an http_fault_code.  An HTTP_BODY_TO_END body also means
 * that keep_alive is of no use.
 */
int http_response_body(
    const struct http_response *, bool to_head, struct http_body *);

#endif
