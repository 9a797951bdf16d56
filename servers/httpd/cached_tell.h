/*
 * cached_tell.h - what is told of a file: its validators and other fields.
 * For cached_file.c, which has found out what there is to tell.
 */
#ifndef CACHED_TELL_H
#define CACHED_TELL_H

#include "httpd/cached_file.h"

/*
 * Make f->etag of what the file is; or the tag that the same file has
 * compressed here, which is weak, for other compressors say the same otherwise.
 */
void cached_tell_etag(struct cached_file *, const struct cached_file_manner *);
void cached_tell_compressed_etag(const struct cached_file *plain,
    const char *coding, char to[CACHED_FILE_ETAG_MAX]);

/*
 * Make f->fields and f->content of all that is known.
 */
void cached_tell(struct cached_file *, const struct cached_file_manner *);

#endif
