/*
 * sock.h - sockets: listen, connect, and what kind a descriptor is.
 */
#ifndef SOCK_H
#define SOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "system/addr.h"

/*
 * Make a listening stream socket, or a bound datagram socket: close-on-exec,
 * non-blocking, TCP_NODELAY and SO_REUSEADDR (never SO_REUSEPORT: a second
 * server on the same port must fail).  An IPv6 socket takes IPv6 only.  A
 * unix path that nobody answers on any more is replaced.  type is SOCK_STREAM
 * or SOCK_DGRAM.  Returns the descriptor, or -1 with errno.
 */
int sock_listen(const struct addr *, int type);

/*
 * An accepted connection that is the nth there may have 64 MiB / n waiting
 * unsent (TCP_NOTSENT_LOWAT), 4 MiB at most; never less than the 256 KiB that
 * it has from its listener.  So a few send large files with few wakes, and
 * many who do not read hold little.  Its failure changes nothing else.
 */
void sock_share_unsent(int fd, size_t n);

/*
 * Let nobody new in at a listening socket that is about to be closed.  Who is
 * in its backlog already can still be accepted, until accept(2) says EAGAIN
 * (EINVAL for a unix socket); without this, a client who gets in after the
 * last accept would be reset by the close.  Its failure changes nothing else.
 * Not for a socket that others go on listening with.
 */
void sock_stop_listening(int listener);

/*
 * Connect a stream or datagram socket before deadline (clock_ms).  The
 * descriptor is blocking and close-on-exec.  Returns it, or -1 with errno
 * (ETIMEDOUT at the deadline).
 */
int sock_connect(const struct addr *, int type, int64_t deadline);

/*
 * SOCK_STREAM or SOCK_DGRAM, or -1 with errno if it is no socket.
 */
int sock_type(int fd);

/*
 * Is it a connected stream socket, as inetd hands one over on descriptor 0?
 */
bool sock_is_connected(int fd);

/*
 * Is it a listening stream socket, or a bound datagram socket?
 */
bool sock_is_listener(int fd);

#endif
