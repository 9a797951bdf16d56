/*
 * moved.h - what has been going on over somebody's TCP connection, as the
 * kernel knows it (sock_diag(7)).
 *
 * For who holds no descriptor of it: the master, about a child that has been
 * at work for very long.
 */
#ifndef MOVED_H
#define MOVED_H

#include <stdint.h>

struct addr;

/*
 * How many bytes a peer has sent and acknowledged on its connections to this
 * machine; 0 when there is none, when it is not TCP, or when the kernel does
 * not tell.  Never waits.
 */
uint64_t moved_bytes(const struct addr *peer);

#endif
