/*
 * fold.h - text as a search compares it: small letters, single spaces.
 *
 * Letters of the Latin, Greek, Cyrillic and Armenian scripts lose their case,
 * any run of white space becomes one space, control bytes are left out, and
 * what is no UTF-8 becomes U+FFFD.  What is searched and what is searched for
 * go through here, so that they meet.  Pure, without a locale.
 */
#ifndef FOLD_H
#define FOLD_H

#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/*
 * Add the folded text to out.  No space is put first or last in what is
 * added.
 */
void fold_text(struct slice, struct buf *out);

/*
 * How many characters a UTF-8 text has.
 */
size_t fold_length(struct slice);

/*
 * Cut the next character off *rest, which must not be empty; 0xfffd for each
 * byte that begins none.  fold_put adds one in UTF-8.
 */
uint32_t fold_next(struct slice *rest);
void fold_put(struct buf *, uint32_t character);

#endif
