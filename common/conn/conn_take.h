/*
 * conn_take.h - the one receive behind conn_fill() and conn_idle().  For the
 * files of conn only.
 */
#ifndef CONN_TAKE_H
#define CONN_TAKE_H

#include <sys/types.h>

struct conn;

/*
 * Receive once with these flags of recv(2) and append to c->in.  Returns a
 * count, CONN_EOF, CONN_FULL, or CONN_ERROR with errno.
 */
ssize_t conn_take(struct conn *, int flags);

#endif
