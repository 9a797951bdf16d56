/*
 * http_request.h - the head of a request (RFC 9112 3 to 5).
 *
 * From a slice to a struct of slices: no copy, no allocation, no I/O.  The
 * same bytes give the same answer however they arrive: the parser reads from
 * left to right and stops at the first byte that breaks a rule.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>

#include "bytes/slice.h"
#include "grammar/http_body.h"
#include "grammar/http_fields.h"
#include "grammar/uri.h"

#define HTTP_MAX_METHOD      32
#define HTTP_MAX_TARGET      8000 /* RFC 9112 3 recommends so much */
#define HTTP_MAX_HEAD        65536
#define HTTP_MAX_EMPTY_LINES 2 /* before a request line */

enum http_method {
	HTTP_UNKNOWN, /* a token, but none of these: 501 */
	HTTP_GET,
	HTTP_HEAD,
	HTTP_OPTIONS,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_TRACE,
	HTTP_CONNECT,
};

struct http_request {
	enum http_method method;
	struct slice method_text;
	struct slice target; /* as sent */
	struct slice line;   /* the request line without its end, for a log */
	struct uri uri;
	struct slice host; /* who is asked for: the target's authority, else
			    * Host; empty if neither (HTTP/1.0) */
	struct slice port;
	int major;             /* 1; 2 where http_request_judge() was asked */
	int minor;             /* 0 or 1; 1.2 to 1.9 are taken as 1.1 */
	struct http_body body; /* how the body is framed */
	bool keep_alive;       /* the client wants to go on */
	bool expects_100;      /* it waits for 100 before it sends the body */
	struct http_fields fields;
};

/*
 * Parse the head of a request.  Returns the bytes consumed (including empty
 * lines before it), 0 for more, please, or an http_fault_code.  On a fault
 * line, method_text and target hold what was read of them, for the log.
 */
long http_request_parse(
    struct slice, const struct http_rules *, struct http_request *);

/*
 * Judge a request of HTTP/2, whose parts do not come as lines: method_text,
 * target and fields (a Host among them) are given, and line for the log; all
 * else is filled in.  The rules are the same.  Returns 0 or an
 * http_fault_code.
 */
int http_request_judge(struct http_request *);

#endif
