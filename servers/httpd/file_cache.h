/*
 * file_cache.h - files that have been served on this connection, kept at hand.
 *
 * Small files are kept in memory, large ones open, each with the field lines
 * that go with it, ready to be a reply.  Before a file is used again one fstatat(2) makes sure that
 * the name still means the very file, unchanged, that was opened safely.
 */
#ifndef FILE_CACHE_H
#define FILE_CACHE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "system/mime.h"
#include "web/web.h"

#define FILE_CACHE_MAX   8     /* files */
#define FILE_CACHE_SMALL 65536 /* a file up to this is kept in memory */

/* Bits of cached_file.missing. */
enum content_coding { CODING_BR = 1, CODING_ZSTD = 2, CODING_GZIP = 4 };

#define CODING_MAX 8 /* bytes of a content coding's name */

struct cached_file {
	char *name;
	int root; /* site.root, when it was opened */
	const char *coding;
	struct stat st;
	int fd;           /* of a large file, or -1 */
	struct buf bytes; /* of a small one */
	bool fresh;       /* it changed a moment ago, and may again unseen */
	char etag[128];
	char type[MIME_MAX_TYPE];   /* if it is not a constant */
	bool guessed;               /* the type, from the bytes alone */
	struct buf fields;          /* whole lines */
	struct web_content content; /* all of that, to be answered with; it is
				     * released when the reply is sent */
	unsigned missing;  /* compressed copies that were not there ... */
	int64_t until;     /* ... which is believed until then (clock_ms()) */
	uint64_t used;     /* when, in requests */
	unsigned users;    /* replies that hold it */
	bool kept;         /* it is in the cache */
	signed char sound; /* precompressed.c: 1 it is, -1 it is not */
};

/* How a file is to be shown. */
struct file_cache_manner {
	const char *cache_control;
	const char *type;   /* NULL: find out */
	const char *coding; /* Content-Encoding, or NULL; compared by address */
};

/*
 * Get a file of the site by its name, and hold it, be it changed or pushed out
 * of the cache meanwhile, until file_cache_release().  Returns NULL with
 * errno: EISDIR for a directory, ENXIO for what is neither file nor directory,
 * else as site_open().
 */
struct cached_file *file_cache_get(
    const char *name, const struct file_cache_manner *);

/*
 * Let go of it: once for each time that it was got, by hand or as
 * content.done().
 */
void file_cache_release(struct cached_file *);

#endif
