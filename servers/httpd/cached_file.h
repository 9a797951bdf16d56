/*
 * cached_file.h - one file as it is shown: its bytes (or, if it is large, its
 * descriptor), its type, its validators and the field lines that tell of them.
 *
 * Ready to be a reply.  file_cache.h keeps them at hand.
 */
#ifndef CACHED_FILE_H
#define CACHED_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "system/mime.h"
#include "web/web_content.h"

#define FILE_CACHE_SMALL 65536 /* a file up to this is kept in memory */

/* Bits of cached_file.missing. */
enum content_coding { CODING_BR = 1, CODING_ZSTD = 2, CODING_GZIP = 4 };

#define CACHED_FILE_ETAG_MAX 128
#define CODING_MAX           8 /* bytes of a content coding's name */

struct cached_file {
	char *name;
	int root;           /* site.root, when it was opened */
	const char *coding; /* compared by address */
	bool made;          /* compressed here, of the file as it lies */
	struct stat st;
	int fd;           /* of a large file, or -1 */
	struct buf bytes; /* of a small one */
	bool fresh;       /* it changed a moment ago, and may again unseen */
	char etag[CACHED_FILE_ETAG_MAX];
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
	bool dense;        /* compressed.c: it is not worth the trouble */
};

/* How a file is to be shown. */
struct cached_file_manner {
	const char *cache_control;
	const char *type;   /* NULL: find out */
	const char *coding; /* Content-Encoding, or NULL; compared by address */
};

/*
 * Open a file of the site by its name and read what there is to know.  Returns
 * NULL with errno: EISDIR for a directory, ENXIO for what is neither file nor
 * directory, else as site_open().
 */
struct cached_file *cached_file_open(
    const char *name, const struct cached_file_manner *);

/*
 * The same file compressed, from bytes that were made for it, and emptied then.
 * Returns NULL when memory is out.
 */
struct cached_file *cached_file_of_compressed(
    const struct cached_file *plain, const char *coding, struct buf *bytes);

/*
 * Let go of it: once for each time that it was got (file_cache.h), by hand or
 * as content.done().  And be rid of one that nobody holds.
 */
void cached_file_release(struct cached_file *);
void cached_file_free(struct cached_file *);

#endif
