/*
 * mail_word.h - text in header fields: what is not ASCII as encoded words
 * (RFC 2047) and in parameters (RFC 2231).  Pure.
 */
#ifndef MAIL_WORD_H
#define MAIL_WORD_H

#include "bytes/buf.h"
#include "bytes/slice.h"

/*
 * Add text to out as the value of an unstructured field such as Subject:
 * as it is if it is printable ASCII, otherwise as encoded words of UTF-8 of
 * at most 75 characters on lines of their own (CRLF SP between them), never
 * cut within a character.  Bytes that are not UTF-8 are taken for Latin-1,
 * control bytes for blanks.
 */
void mail_word(struct slice text, struct buf *out);

/*
 * Add name="value" to out, or, if value is not ASCII, name*=UTF-8''value.
 */
void mail_parameter(const char *name, struct slice value, struct buf *out);

#endif
