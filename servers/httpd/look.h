/*
 * look.h - how the server's own pages look: listings, the status page.
 *
 * Readable in light and dark, on paper-wide screens and on phones; all in one
 * file, for nothing else may be there.
 */
#ifndef LOOK_H
#define LOOK_H

#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/*
 * Begin a page: its head, with that title (escaped here), these lines of its
 * own (whole ones, for the head), and the style that all share.  What stands in
 * the body is the caller's.
 */
void look_begin(struct buf *, struct slice title, const char *lines);

/*
 * 0 B to 1023 B, then 1.0 KiB and so on.
 */
void look_size(struct buf *, uint64_t bytes);

/*
 * A time as <time>, here and now: 2026-11-27 04:43 CET.
 */
void look_time(struct buf *, int64_t when);

/*
 * A name, which may hold any bytes: what is no text is shown as \xHH.  The
 * result is text in UTF-8, still to be escaped.
 */
void look_name(struct buf *, struct slice name);

#endif
