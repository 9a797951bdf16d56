/*
 * compressed.h - files that are compressed while they are asked for.
 *
 * Bounded on all sides: in size; in the time that one file, and a whole
 * connection, may take; in what is kept (file_cache.h).  What is larger than
 * COMPRESSED_KEPT is compressed while it is sent.  What does not get smaller is
 * sent as it is.
 */
#ifndef COMPRESSED_H
#define COMPRESSED_H

#include "httpd/cached_file.h"

#define COMPRESSED_MIN    1024 /* less fills one packet anyway */
#define COMPRESSED_KEPT   (1 << 20)
#define COMPRESSED_MAX    (16 << 20)
#define COMPRESSED_MS     500   /* for a file that is kept */
#define COMPRESSED_ALL_MS 20000 /* for all of a connection's */

/*
 * How a client with these fields would rather have it: the name of a coding, or
 * NULL, as it is; also when no more time may be spent on it.
 */
const char *compressed_choose(
    const struct http_fields *, enum content_coding *);

/*
 * So many bytes were compressed as they went: that took time, too.
 */
void compressed_spent(uint64_t bytes);

/*
 * Answer with a file compressed as the client would rather have it.  Returns
 * false, with nothing answered, if the file itself is to be sent.  The file is
 * the caller's to release in both cases.
 */
bool compressed_answer(struct exchange *, struct cached_file *);

#endif
