/*
 * ask.h - ask the key keeper, over the socket of this connection.
 */
#ifndef ASK_H
#define ASK_H

#include <stdbool.h>
#include <sys/types.h>

#include "tls/keeper.h"

/*
 * The socket of the connection that is served now; -1: there is none.
 */
void tls_ask_line(int fd);

/*
 * Ask.  Returns how many bytes of data have come, at least 1, or -1: the
 * keeper says no, is not there, or does not answer in time.
 */
ssize_t tls_ask(const struct keeper_ask *, uint8_t data[KEEPER_DATA]);

/*
 * Say what has no answer.  Returns whether it was sent.
 */
bool tls_ask_tell(const struct keeper_ask *);

#endif
