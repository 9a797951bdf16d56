/*
 * http_condition.h - conditional requests (RFC 9110 13).
 *
 * Asked only when the answer would otherwise be 200: a 404 wins over a 412.
 */
#ifndef HTTP_CONDITION_H
#define HTTP_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/slice.h"
#include "grammar/http_fields.h"

/* What the representation is like now. */
struct http_validators {
	struct slice etag; /* with its quotes; strong unless it begins W/ */
	int64_t modified;  /* seconds since 1970 */
	int64_t now;       /* the same clock */
};

enum http_condition {
	HTTP_GO_ON = 0,
	HTTP_NOT_MODIFIED = 304,
	HTTP_PRECONDITION_FAILED = 412,
};

/*
 * Judge If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since in
 * the order of RFC 9110 13.2.2.  safe: the method is GET or HEAD.
 */
enum http_condition http_condition(
    const struct http_fields *, bool safe, const struct http_validators *);

/*
 * Does If-Range let the Range field count?  True when there is no If-Range.
 */
bool http_if_range(const struct http_fields *, const struct http_validators *);

#endif
