/*
 * text_kind.h - what do these bytes look like?
 *
 * Judgements about the beginning of a file, or all of it.  cut: there is more
 * of it that was not looked at.
 */
#ifndef TEXT_KIND_H
#define TEXT_KIND_H

#include <stdbool.h>

#include "bytes/slice.h"

/*
 * No NUL and no other control byte that text does not have.
 */
bool text_is_plain(struct slice);

/*
 * Is it valid UTF-8, or may it be the beginning of that?
 */
bool text_is_utf8(struct slice, bool cut);

/*
 * Is it JSON (RFC 8259), an object or an array, or may it be the beginning of
 * one?
 */
bool text_is_json(struct slice, bool cut);

/*
 * The name of the character encoding that it may be said to be in: what its
 * byte order mark says; else "utf-8" if the bytes are that and no <meta> (in the
 * first 1024 bytes) and no @charset (at the start) says otherwise; else NULL.
 */
const char *text_charset(struct slice, bool cut);

#endif
