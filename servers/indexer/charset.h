/*
 * charset.h - text of any charset as UTF-8 that is always valid.
 *
 * Never fails: bytes that mean nothing become U+FFFD, a NUL does as well, and
 * a charset that is unknown or was not said is taken for UTF-8 if the bytes
 * can be that, and for windows-1252 otherwise.  Called by message*.c in the
 * reader's process.
 */
#ifndef CHARSET_H
#define CHARSET_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/*
 * Have the C library load its tables for the charsets that mail is written in,
 * and keep them: a process in a sandbox cannot.  May be called again.
 */
void charset_prepare(void);

/*
 * Add text to out as UTF-8, cut at the end of a character where out is full
 * (out has not failed then).  Returns false when it was cut.
 */
bool charset_add(struct slice charset, struct slice text, struct buf *out);

/*
 * As charset_add, for text that should be UTF-8.
 */
bool charset_add_utf8(struct slice text, struct buf *out);

#endif
