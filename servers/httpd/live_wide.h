/*
 * live_wide.h - documents in UTF-16, and the tag of --live in them.
 *
 * Pure.  Bytes of ASCII never get into such a document: the tag is written as
 * the document is, behind the mark that says how.
 */
#ifndef LIVE_WIDE_H
#define LIVE_WIDE_H

#include "bytes/buf.h"
#include "httpd/live_place.h"

enum live_width { LIVE_BYTES, LIVE_LITTLE_ENDIAN, LIVE_BIG_ENDIAN };

/*
 * What does its mark say?
 */
enum live_width live_wide(struct slice begin);

/*
 * As live_place(), for a document of whatever width.
 */
ssize_t live_wide_place(struct slice begin, enum live_kind, bool whole);

/*
 * Add ASCII in that width.
 */
void live_wide_add(struct buf *, struct slice ascii, enum live_width);

#endif
