/*
 * file_cache.h - files that have been served on this connection, kept at hand.
 *
 * Small files are kept in memory, large ones open (cached_file.h).  Before a
 * file is used again one fstatat(2) makes sure that the name still means the
 * very file, unchanged, that was opened safely.
 */
#ifndef FILE_CACHE_H
#define FILE_CACHE_H

#include "httpd/cached_file.h"

#define FILE_CACHE_MAX  16        /* files */
#define FILE_CACHE_MADE (8 << 20) /* bytes of those that were made here */

/*
 * Get a file of the site by its name, and hold it, be it changed or pushed out
 * of the cache meanwhile, until cached_file_release().  Returns NULL with errno
 * as cached_file_open().
 */
struct cached_file *file_cache_get(
    const char *name, const struct cached_file_manner *);

/*
 * The same for what was made of one, if it is at hand, else NULL; and keep what
 * has been made, if there is room.  It is held in any case.
 */
struct cached_file *file_cache_get_made(const char *name, const char *coding);
void file_cache_keep_made(struct cached_file *);

#endif
