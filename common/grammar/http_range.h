/*
 * http_range.h - which bytes does a Range field ask for (RFC 9110 14)?
 */
#ifndef HTTP_RANGE_H
#define HTTP_RANGE_H

#include <stdint.h>

#include "bytes/slice.h"

#define HTTP_MAX_RANGES  32   /* asking for more gets the whole */
#define HTTP_RANGE_COST  256  /* bytes a part costs beside its data */
#define HTTP_RANGE_SLACK 4096 /* parts may cost so much more than the whole */

struct http_span {
	uint64_t first;  /* offset of the first byte */
	uint64_t length; /* at least 1 */
};

enum {
	HTTP_RANGE_WHOLE = 0, /* ignore the field, answer 200 */
	HTTP_RANGE_NONE = -1, /* 416: none of it can be had, or nonsense */
};

/*
 * The spans that value asks of a representation of size bytes, those which
 * overlap or touch joined, in the order they were asked for.  Returns how many
 * (at least 1: 206), HTTP_RANGE_WHOLE (another unit, too many, or dearer than
 * the whole), or HTTP_RANGE_NONE.
 */
int http_ranges(
    struct slice value, uint64_t size, struct http_span span[HTTP_MAX_RANGES]);

/*
 * Read "bytes FIRST-LAST/SIZE" of a Content-Range field (clients).  size is
 * UINT64_MAX for "*".  Returns 0, or -1 if it is none.
 */
int http_content_range(struct slice value, struct http_span *, uint64_t *size);

#endif
