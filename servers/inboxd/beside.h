/*
 * beside.h - the processes that run beside an inbox: their command lines, of
 * its options.
 */
#ifndef INBOXD_BESIDE_H
#define INBOXD_BESIDE_H

#include "inboxd/inboxd.h"

/*
 * Make inboxd_helpers and its count.  Returns the helper that connections have
 * sockets to, or NULL.  A fault in the options ends the program.
 */
const struct helper_offer *beside_make(const struct server *);

/*
 * Open the file of --relay-auth.  A fault in it ends the program.
 */
void beside_login(void);

/*
 * The Maildir that they are given, which they need not find: its directory.
 */
void beside_maildir(int root);

#endif
