/*
 * body.h - DATA and BDAT: the message on its way into the store.
 *
 * However large it is, no more than a block of it is in memory; whatever goes
 * wrong, it is read to its end, so that the conversation goes on.
 */
#ifndef BODY_H
#define BODY_H

#include "bytes/slice.h"

struct session;

/*
 * Obey DATA, or BDAT, with its argument.  Replies, or ends the session.
 */
void body_data(struct session *, struct slice args);
void body_bdat(struct session *, struct slice args);

/*
 * Forget what has come of a message: RSET, hello, or the end.
 */
void body_forget(struct session *);

#endif
