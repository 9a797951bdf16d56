/*
 * compressed_stream.h - a larger file that is compressed while it is sent, and
 * not kept.  For compressed.c.
 */
#ifndef COMPRESSED_STREAM_H
#define COMPRESSED_STREAM_H

#include "httpd/cached_file.h"

#define COMPRESSED_PIECE 65536 /* of a file is taken at once */

/*
 * The next piece of a file's bytes, good until the next call; empty when there
 * are none, for it has shrunk.
 */
struct slice compressed_piece(const struct cached_file *, size_t at);

/*
 * Answer with all of it, which is held until then.  Returns false, with nothing
 * answered, when memory is out.
 */
bool compressed_stream(struct exchange *, struct cached_file *plain,
    enum content_coding, const char *name);

#endif
