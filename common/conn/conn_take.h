/*
 * conn_take.h - what the files of conn share among themselves: the one receive
 * behind conn_fill() and conn_idle(), and the transports that are here from
 * the start.
 */
#ifndef CONN_TAKE_H
#define CONN_TAKE_H

#include <stdbool.h>
#include <sys/types.h>

struct conn;
struct conn_transport;

/*
 * Receive once, waiting (at most SO_RCVTIMEO) or not, and append to c->in.
 * Returns a count, CONN_EOF, CONN_FULL, or CONN_ERROR with errno.
 */
ssize_t conn_take(struct conn *, bool wait);

/*
 * Has conn_catch_drain() been called?
 */
bool conn_is_in_child(void);

/*
 * It is about to wait for what the client says next: who has done so often
 * gives way to others (system/turns.h).
 */
void conn_count_wait(struct conn *);

/*
 * The socket itself, and the datagram that is read once and answered once.
 */
extern const struct conn_transport conn_plain, conn_datagram;

#endif
