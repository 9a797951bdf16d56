/*
 * base64.h - bytes as text and back (RFC 4648 section 4).
 *
 * Used for AUTH (RFC 4954), encoded words (RFC 2047) and attachments
 * (RFC 2045 6.8).  Pure.
 */
#ifndef BASE64_H
#define BASE64_H

#include "bytes/buf.h"
#include "bytes/slice.h"

#define BASE64_LINE 57 /* so many bytes make a line of 76 characters */

/* How many characters n bytes become. */
#define BASE64_TEXT(n) (((n) + 2) / 3 * 4)

/*
 * Add the text of bytes to out, padded.  A run whose length is a multiple of
 * three is not padded, so a long text can be made of such runs.
 */
void base64_encode(struct slice bytes, struct buf *out);

/*
 * As base64_encode, in lines of 76 characters that end in CRLF.  Feed it
 * multiples of BASE64_LINE, except for the last run.
 */
void base64_lines(struct slice bytes, struct buf *out);

/*
 * Add the bytes that text stands for to out.  Strict: no blanks, padding
 * required, and the bits that padding leaves over must be zero.  Returns 0,
 * or -1 when text is none (out then holds a part of it) or does not fit.
 */
int base64_decode(struct slice text, struct buf *out);

/*
 * The value of a digit, or -1.
 */
int base64_digit(char);

#endif
