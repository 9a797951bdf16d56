/*
 * transaction.h - MAIL and RCPT: the envelope.
 */
#ifndef TRANSACTION_H
#define TRANSACTION_H

#include "bytes/slice.h"

struct session;

/*
 * Obey MAIL, or RCPT, with its argument.  Replies, or ends the session.
 */
void transaction_mail(struct session *, struct slice args);
void transaction_rcpt(struct session *, struct slice args);

#endif
