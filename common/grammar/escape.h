/*
 * escape.h - text made harmless for the place where it goes.
 *
 * Each adds to a buf and never fails otherwise than the buf does.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include "bytes/buf.h"
#include "bytes/slice.h"

/*
 * For HTML text and quoted attributes: & < > " ' become entities, bytes that
 * are no UTF-8 and control bytes become U+FFFD.
 */
void escape_html(struct buf *, struct slice);

/*
 * For the inside of a JSON string (the quotes are the caller's).  Bytes that
 * are no UTF-8 become U+FFFD, so that any reader takes it; what escape_line()
 * would not let through is \uHHHH.
 */
void escape_json(struct buf *, struct slice);

/*
 * For a quoted field of the access log: control bytes and bytes above 126 as
 * \xHH, a quote as \", a backslash as \\.
 */
void escape_log(struct buf *, struct slice);

/*
 * For a line that a terminal may show: C0 and C1 control characters, those
 * that turn the direction of writing, and bytes that are no UTF-8 as \xHH.  All
 * else stays as it is.
 */
void escape_line(struct buf *, struct slice);

/*
 * With one of these functions, but at most so many bytes of what comes of it:
 * "..." stands for the rest.  most is 3 at least; the buf takes 16 more for a while.
 */
typedef void escape_fn(struct buf *, struct slice);
void escape_cut(struct buf *, struct slice, escape_fn *, size_t most);

/*
 * The length of the UTF-8 sequence that s begins with, or 0 if it begins with
 * none (RFC 3629: no overlong forms, no surrogates).
 */
size_t escape_utf8(struct slice s);

#endif
