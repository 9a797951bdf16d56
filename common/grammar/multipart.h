/*
 * multipart.h - what a form sends: multipart/form-data, read as it arrives
 * (RFC 7578, RFC 2046 5.1).
 *
 * Pure.  Strict where senders agree: CRLF only, a boundary that is one, a
 * Content-Disposition in each part.  What stands before the first boundary and
 * behind the last is passed over.
 */
#ifndef MULTIPART_H
#define MULTIPART_H

#include <sys/types.h>

#include "bytes/slice.h"

#define MULTIPART_BOUNDARY_MAX 70   /* RFC 2046 5.1.1 */
#define MULTIPART_HEAD_MAX     8192 /* bytes of a part's head */

/* So much must fit into the caller's buffer at once, or no step may be
 * possible. */
#define MULTIPART_ROOM (MULTIPART_HEAD_MAX + MULTIPART_BOUNDARY_MAX + 8)

enum multipart_kind {
	MULTIPART_NOTHING, /* eaten, and no news */
	MULTIPART_HEAD,    /* a part begins */
	MULTIPART_DATA,    /* more of it */
	MULTIPART_END,     /* of the part */
	MULTIPART_OVER,    /* it was the last one */
};

/* What is wrong. */
enum {
	MULTIPART_BAD = -1,      /* no boundary where one must be */
	MULTIPART_BAD_HEAD = -2, /* of a part */
	MULTIPART_TOO_LONG = -3, /* a part's head */
};

struct multipart {
	char delimiter[4 + MULTIPART_BOUNDARY_MAX]; /* with CRLF before it */
	size_t n;
	int state; /* private */
};

struct multipart_news {
	enum multipart_kind kind;
	struct slice data;
	struct slice name; /* of the field, as sent */
	struct slice file; /* name; p is NULL: it is no file */
};

/*
 * Begin, with the value of Content-Type.  Returns 0, or -1 when that is not
 * multipart/form-data with a boundary.
 */
int multipart_begin(struct multipart *, struct slice type);

/*
 * Take a step at the front of in: all that came and was not eaten.  Returns
 * the bytes eaten, with the news of them, whose slices point into in; 0 for
 * "more, please"; or what is wrong.  Without more, there must be MULTIPART_OVER
 * first.
 */
ssize_t multipart_eat(
    struct multipart *, struct slice in, struct multipart_news *);

/*
 * A file's name as it is meant: escapes undone (%22, %0D and %0A of browsers, a
 * backslash of others), without folders before it.  Writes up to size bytes
 * with a NUL; returns the length, or -1: there is none, it does not fit, or a
 * control byte is in it.
 */
ssize_t multipart_file_name(struct slice file, char *to, size_t size);

#endif
