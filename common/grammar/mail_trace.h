/*
 * mail_trace.h - the block that a server puts before a message it stores, and
 * how to read it back (RFC 5321 4.4).
 *
 *	Return-Path: <from>			exactly once
 *	X-Berth-Mail: SIZE=... BODY=...		parameters of MAIL, if any
 *	X-Berth-User: xtext			who authenticated, if anybody
 *	X-Berth-Body: yes			the message has no header ...
 *	Delivered-To: to			once for each recipient ...
 *	X-Berth-Rcpt: NOTIFY=...		... and its parameters, if any
 *	Received: from HELO (NAME [ADDRESS])
 *		by HOST with ESMTP id ID
 *		for <to>;			only for a single recipient
 *		DATE
 *						... and then an empty line
 *
 * The whole envelope can be read back from it.  The line that follows the
 * first one of Received that ends in ";" is its last, so where the message
 * as sent begins is known to the byte, whatever the message begins with.
 * Where the lines of the block end in LF, the file was stored so, and
 * mail_ends.h gives back what was sent.
 * Pure.
 */
#ifndef MAIL_TRACE_H
#define MAIL_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/*
 * A list of recipients is text: "address\n" or "address\tparameters\n" for
 * each (an address holds neither a tab nor an LF).  mail_rcpt_add adds one to
 * such a text, mail_rcpt_next cuts the next one off *rest and returns its
 * address, with its parameters in *params; at the end the address is empty.
 */
void mail_rcpt_add(struct buf *, struct slice address, struct slice params);
struct slice mail_rcpt_next(struct slice *rest, struct slice *params);

struct mail_trace {
	struct slice from;   /* empty: the null path */
	struct slice params; /* of MAIL; may be empty */
	struct slice user;   /* xtext; may be empty */
	bool lf;             /* reading: stored with LF (mail_ends.h) */
	bool headless;       /* the message does not begin with a header: an
			      * empty line parts it from the block */
	struct slice rcpts;  /* making: a list as above */
	size_t rcpt_count;
	struct slice helo;    /* as the client called itself */
	bool odd_helo;        /* making: say that it is no name of a host */
	struct slice name;    /* its name as known to us; may be empty */
	struct slice address; /* its address, "unix" for a unix socket */
	struct slice host;    /* our own name */
	struct slice with;    /* SMTP, ESMTP, ESMTPA, LMTP ... RFC 3848 */
	struct slice id;
	int64_t date;           /* making: seconds since 1970 */
	struct slice date_text; /* reading: as written */
};

/*
 * Add the block to out.  Bytes of helo that could be taken for something else
 * there become "?".
 */
void mail_trace_make(const struct mail_trace *, struct buf *out);

/*
 * Read a block at the beginning of a file.  Returns its length (where the
 * message as sent begins), 0 when it does not end within head ("more,
 * please"), or -1 when the file does not begin with such a block.  Slices
 * point into head; rcpts is the part of the block for mail_trace_rcpt, date is
 * not set.  lf is known as soon as the first line is there.
 */
int mail_trace_read(struct slice head, struct mail_trace *);

/*
 * Cut the next recipient off *rest, which starts as rcpts of a block that was
 * read.  As mail_rcpt_next otherwise.
 */
struct slice mail_trace_rcpt(struct slice *rest, struct slice *params);

#endif
