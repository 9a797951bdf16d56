/*
 * mail_ends.h - the ends of lines in a stored message: CRLF as sent, or LF as
 * other programs on this machine like them.
 *
 * CRLF and a lone LF change places; two and more CRs before an LF stay as they
 * are, as does a CR elsewhere.  So every message can be stored so, nothing is
 * lost, and the same once more gives back exactly the bytes that were sent.
 * Pure.
 */
#ifndef MAIL_ENDS_H
#define MAIL_ENDS_H

#include <stddef.h>

#include "bytes/slice.h"

#define MAIL_ENDS_ROOM(n) (2 * (n) + 1) /* that n bytes may need */

struct mail_ends {
	int crs; /* right before: 0, 1 (held back), 2: more */
};

/*
 * Start with a zeroed struct.  Puts what comes of in to out, which has
 * MAIL_ENDS_ROOM(in.n); the pieces may be cut anywhere.  The end gives the CR
 * that waited for its LF: 0 or 1 byte.  Both return how many bytes were put.
 */
size_t mail_ends_put(struct mail_ends *, struct slice in, char *out);
size_t mail_ends_end(struct mail_ends *, char out[1]);

#endif
