/*
 * compress.h - bytes compressed, piece by piece, by zlib, zstd or brotli.
 *
 * The libraries are linked in, so a process that compresses nothing touches
 * nothing of them.
 */
#ifndef COMPRESS_H
#define COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "httpd/cached_file.h"

#define COMPRESS_OPEN_END SIZE_MAX /* the length, when nobody knows it */

struct compressor;

/*
 * Begin to compress so many bytes.  Returns NULL when memory is out.
 */
struct compressor *compress_begin(enum content_coding, size_t length);

/*
 * Add a piece, the last one or not; what comes of it is added to the buf.
 * Returns whether that went, and fitted.
 */
bool compress_add(
    struct compressor *, struct slice piece, bool last, struct buf *);

/*
 * Free it; NULL is fine.
 */
void compress_end(struct compressor *);

#endif
