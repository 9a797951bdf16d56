/*
 * mails.h - what was said in SMTP or LMTP beside what was answered.
 *
 * Walks both.  It aborts unless the greeting is followed by one reply for each
 * line, message and chunk that came whole (LMTP: for each recipient of a
 * message), all of them well formed; nothing is said behind a good-bye; and
 * each message that was accepted is in the postbox, byte for byte, once.
 */
#ifndef MAILS_H
#define MAILS_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/*
 * Walk, as smtpd_options have it, without rules.  stays: the client did not
 * hang up.  What came of it is added to sum: codes, and messages.
 */
void mails_walk(
    struct slice said, struct slice told, bool stays, struct buf *sum);

/*
 * Take a reply off *told: whole lines of one code, none with control bytes,
 * none too long.  Returns its code.
 */
int mails_reply(struct slice *told, struct slice *text);

#endif
