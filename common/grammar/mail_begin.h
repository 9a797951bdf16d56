/*
 * mail_begin.h - does a message begin with a header?
 *
 * What a server puts before a message would run into its text otherwise: a
 * first line that is no field could be taken for the continuation, or the
 * body, of the server's own.  Pure.
 */
#ifndef MAIL_BEGIN_H
#define MAIL_BEGIN_H

#include "bytes/slice.h"

#define MAIL_FIELD_NAME_MAX 100 /* bytes of a field's name; more is text */

enum mail_beginning {
	MAIL_BEGIN_UNKNOWN, /* more bytes, please */
	MAIL_BEGIN_HEADER,  /* a field, or the empty line of an empty header */
	MAIL_BEGIN_TEXT,
};

/*
 * How do these bytes, the first of a message, begin?  Decides when it has seen
 * MAIL_FIELD_NAME_MAX + 2 bytes at the latest.  At the end of a message
 * "unknown" means text, unless it is empty.
 */
enum mail_beginning mail_begin(struct slice);

#endif
