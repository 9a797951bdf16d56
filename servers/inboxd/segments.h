/*
 * segments.h - the path of a request held against a pattern, in which "*" stands
 * for one segment ("/api/v1/message/" "*" "/part/" "*").
 */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include <stdbool.h>

#include "bytes/slice.h"

#define SEGMENTS_OPEN 2   /* segments that a pattern may leave open */
#define SEGMENT_MAX   512 /* bytes of such a segment, decoded, and a NUL */

struct exchange;

/*
 * Does it fit?  part gets the segments that "*" stands for, as sent; they are
 * not empty.
 */
bool segments_fit(
    struct slice path, const char *pattern, struct slice part[SEGMENTS_OPEN]);

/*
 * Decode such a segment.  Returns 0, or -1 when it does not fit or a NUL is in
 * it.
 */
int segments_decode(struct slice part, char to[SEGMENT_MAX]);

/*
 * The second of the path that x asks for, decoded.  Returns 0, or -1 when
 * there is none or it does not fit.
 */
int segments_second(
    const struct exchange *x, const char *pattern, char to[SEGMENT_MAX]);

#endif
