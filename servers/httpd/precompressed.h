/*
 * precompressed.h - compressed copies: FILE.br, FILE.zst and FILE.gz for FILE.
 */
#ifndef PRECOMPRESSED_H
#define PRECOMPRESSED_H

#include "httpd/cached_file.h"
#include "web/web.h"

/*
 * The copy of a file that the client would rather have, held, or NULL for none.
 */
struct cached_file *precompressed_choose(
    const struct exchange *, struct cached_file *plain);

/*
 * A compressed file that is asked for by its own name (app.js.gz): both its
 * extensions count, if the client can make sense of that; else NULL.
 */
struct cached_file *precompressed_unfold(
    const struct exchange *, const struct cached_file *);

#endif
