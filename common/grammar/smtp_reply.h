/*
 * smtp_reply.h - what a server answers: "250-text" ... "250 text" (RFC 5321
 * 4.2), read with suspicion, for clients.
 *
 * Every bound is ours: a server cannot make a client hold more than
 * SMTP_REPLY_MAX bytes.  Pure; slices point into what was parsed.
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include <stddef.h>

#include "bytes/slice.h"

#define SMTP_REPLY_LINE 4096  /* bytes of a line; RFC 5321 says 512 */
#define SMTP_REPLY_MAX  65536 /* bytes of a whole reply */

enum smtp_reply_fault {
	SMTP_REPLY_BAD = -1,   /* not three digits and a blank or "-" */
	SMTP_REPLY_MIXED = -2, /* lines of different codes */
	SMTP_REPLY_LONG = -3,  /* more than the bounds */
};

struct smtp_reply {
	int code;          /* 200 to 599 */
	int enhanced[3];   /* RFC 2034, of the last line; {0,0,0}: none */
	struct slice text; /* every line with its code, as received */
	size_t lines;
};

/*
 * Read a reply at the beginning of in.  Lines end in LF, with or without a
 * CR.  Returns the bytes it took, 0 for "more, please", or an
 * smtp_reply_fault.
 */
int smtp_reply_parse(struct slice in, struct smtp_reply *);

/*
 * Cut the next line off *rest, which starts as the reply's text; returns the
 * line's text without code, separator and CRLF.
 */
struct slice smtp_reply_line(struct slice *rest);

#endif
