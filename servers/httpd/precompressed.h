/*
 * precompressed.h - compressed copies: FILE.br, FILE.zst and FILE.gz for FILE.
 */
#ifndef PRECOMPRESSED_H
#define PRECOMPRESSED_H

#include "httpd/file_cache.h"
#include "web/web.h"

/*
 * Answer with a file, which is released in time, or with the compressed copy of
 * it that the client would rather have.
 */
int precompressed_answer(struct exchange *, struct cached_file *);

#endif
