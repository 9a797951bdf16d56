/*
 * postbox.h - a Maildir of the real store, looked through after each
 * conversation.
 */
#ifndef POSTBOX_H
#define POSTBOX_H

#include <stdbool.h>

#include "bytes/slice.h"

/*
 * Open it, empty, once.  fsync(2) does nothing from now on.
 */
void postbox_open(void);

/*
 * From now on the fault-th call of the store that could change something fails
 * with ENOSPC; 0: none does.  cross: a message can be moved and linked from one
 * directory to another.
 */
void postbox_fail(unsigned fault, bool cross);

/*
 * Take out the message with this id.  It must be there, in each of the folders
 * that its recipients (a list of mail_trace.h) have by
 * smtpd_options.mailbox_by, with them in its trace block and these bytes
 * behind it.
 */
void postbox_take(struct slice id, struct slice bytes, struct slice rcpts);

/*
 * Take out the message with this id, which must be there.  Without folders.
 */
void postbox_drop(struct slice id);

/*
 * There must be nothing left, nor anything beside the Maildir.  Folders, which
 * may be there and empty, are removed.
 */
void postbox_is_empty(void);

#endif
