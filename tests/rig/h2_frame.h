/*
 * h2_frame.h - what is in a frame of HTTP/2: numbers, and the fields of a head.
 */
#ifndef RIG_H2_FRAME_H
#define RIG_H2_FRAME_H

#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stdint.h>

#include "bytes/slice.h"

/*
 * A number of so many bytes, the highest first.
 */
uint32_t rig_h2_read(const uint8_t *, int bytes);

/*
 * Decode a whole head: field(with, ...) is called for each, in their order.
 * False: it is none.
 */
typedef void rig_h2_take(void *with, struct slice name, struct slice value);
bool rig_h2_decode(nghttp2_hd_inflater *, const uint8_t *, size_t n,
    rig_h2_take *field, void *with);

#endif
