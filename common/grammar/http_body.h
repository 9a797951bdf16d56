/*
 * http_body.h - where does the body of a message end (RFC 9112 6)?
 *
 * The rules against request smuggling live here: whatever could be read in
 * two ways is refused.
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "grammar/http_fields.h"

enum http_body_kind {
	HTTP_BODY_NONE,
	HTTP_BODY_LENGTH,
	HTTP_BODY_CHUNKED,
	HTTP_BODY_TO_END, /* until the connection closes (responses only) */
};

struct http_body {
	enum http_body_kind kind;
	uint64_t length; /* HTTP_BODY_LENGTH; at most INT64_MAX */
};

/*
 * The framing of a request of version 1.minor.  Returns 0 or an
 * http_fault_code.
 */
int http_body_of_request(
    const struct http_fields *, int minor, struct http_body *);

/*
 * Content-Length alone.  Returns 1 with *length set, 0 when there is none, or
 * an http_fault_code.  same_twice accepts "5, 5" (clients).
 */
int http_content_length(
    const struct http_fields *, bool same_twice, uint64_t *length);

/*
 * Transfer-Encoding alone.  Returns 1 for chunked, 0 when there is none, or
 * an http_fault_code.
 */
int http_transfer_coding(const struct http_fields *);

/*
 * Does the client wait for 100 (Continue)?  Returns 1, 0, or HTTP_BAD_EXPECT.
 * HTTP/1.0 never does (RFC 9110 10.1.1).
 */
int http_expects_100(const struct http_fields *, int minor);

#endif
