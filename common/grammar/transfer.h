/*
 * transfer.h - what stands behind a Content-Transfer-Encoding (RFC 2045 6):
 * base64, quoted-printable, or the bytes as they are.
 *
 * A decoder is fed the encoded bytes in pieces of any size and adds what they
 * stand for to a buf; how they are cut makes no difference.  It never fails:
 * what is no legal input is shown as well as can be, for a person will look at
 * it and wants to see what was sent.
 *  - base64: other bytes are skipped; "=" ends a group of four, and another
 *    may follow; a group that is cut off gives the bytes that are complete.
 *  - quoted-printable: a "=" that begins nothing stands for itself; blanks at
 *    the end of a line are kept; a line may be of any length.
 * Made of a few bytes, so that a part of any size can be streamed.  Pure.
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/* So many blanks between "=" and the end of the line are a soft line break
 * (RFC 2045 6.7 (3)); with more of them it is text. */
#define TRANSFER_BLANKS_MAX 80

/* A run of n bytes adds at most so many. */
#define TRANSFER_ROOM(n) ((n) + TRANSFER_BLANKS_MAX + 3)

enum transfer_encoding {
	TRANSFER_IDENTITY, /* 7bit, 8bit, binary, and what we do not know */
	TRANSFER_BASE64,
	TRANSFER_QUOTED,
};

struct transfer {
	enum transfer_encoding encoding;
	uint32_t bits; /* base64: of the group that is begun ... */
	unsigned n;    /* ... and how many characters it has */
	enum {
		TRANSFER_TEXT,   /* quoted-printable: nothing is held */
		TRANSFER_EQUALS, /* "=" and the blanks that are held */
		TRANSFER_DIGIT,  /* "=" and the digit that is held */
		TRANSFER_CR,     /* a soft line break, up to its CR */
	} state;
	unsigned char held_n;
	char held[TRANSFER_BLANKS_MAX];
};

/*
 * The encoding of this name, in letters of either case.
 */
enum transfer_encoding transfer_named(struct slice name);

/*
 * Begin, go on, and come to an end: transfer_end() adds what was held back.
 */
void transfer_begin(struct transfer *, enum transfer_encoding);
void transfer_add(struct transfer *, struct slice encoded, struct buf *out);
void transfer_end(struct transfer *, struct buf *out);

#endif
