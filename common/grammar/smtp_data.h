/*
 * smtp_data.h - the body of DATA: taking the dots out, and putting them in
 * (RFC 5321 4.5.2).
 *
 * Both are small state machines that remember where in a line they are from
 * one piece to the next, so the pieces may be cut anywhere: fed byte by byte
 * they say the same.  A line ends in CRLF and in nothing else.  A message
 * ends at CRLF "." CRLF and at nothing else; the reader only takes note of
 * bare CR and LF (RFC 5321 2.3.8), what to do about them is its caller's
 * decision.  Pure.
 */
#ifndef SMTP_DATA_H
#define SMTP_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/slice.h"

/* What a reader has met so far. */
enum smtp_notice {
	SMTP_BARE_LF = 1 << 0, /* an LF without its CR */
	SMTP_BARE_CR = 1 << 1, /* a CR without its LF */
	SMTP_NUL = 1 << 2,     /* a byte 0 */
};

struct smtp_reader {
	int state;        /* the machine's own */
	unsigned notices; /* enum smtp_notice, or-ed */
	uint64_t size;    /* bytes of the message so far, dots taken out */
	bool ended;       /* the final dot has been read */
};

/*
 * Stand right behind the 354.
 */
void smtp_reader_init(struct smtp_reader *);

/*
 * Take bytes of in; put those that belong to the message to out, which has
 * room for in.n + 1, and their count in *out_n.  Returns how many bytes of in
 * were taken: all, unless the message ended; what follows is the next
 * command.
 */
size_t smtp_reader_take(
    struct smtp_reader *, struct slice in, char *out, size_t *out_n);

struct smtp_writer {
	int state; /* the machine's own */
};

/*
 * Stand at the beginning of a message.
 */
void smtp_writer_init(struct smtp_writer *);

/*
 * Double the dots at the beginning of lines.  out has room for 2 * in.n.
 * Returns how many bytes were put there.
 */
size_t smtp_writer_put(struct smtp_writer *, struct slice in, char *out);

#define SMTP_WRITER_END 5 /* bytes that smtp_writer_end() may put */

/*
 * Put the end of the message to out: CRLF if the last line lacks it, then
 * "." CRLF.  Returns how many bytes.
 */
size_t smtp_writer_end(struct smtp_writer *, char out[SMTP_WRITER_END]);

struct smtp_lines {
	bool after_cr;
};

/*
 * Text of this machine to lines of the network: an LF alone and a CR alone
 * become CRLF, for neither may be sent (RFC 5321 2.3.8).  Start with a
 * zeroed struct.  out has room for 2 * in.n + 1.  Returns how many bytes were
 * put there.  The end gives an LF if a CR waits for one: 0 or 1 byte.
 */
size_t smtp_lines_put(struct smtp_lines *, struct slice in, char *out);
size_t smtp_lines_end(struct smtp_lines *, char out[1]);

#endif
