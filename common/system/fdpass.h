/*
 * fdpass.h - pass an open descriptor to another process (SCM_RIGHTS).
 *
 * The sockets are AF_UNIX SOCK_SEQPACKET: one message is one datagram of a
 * known size with at most one descriptor, so it cannot be cut or glued.
 */
#ifndef FDPASS_H
#define FDPASS_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Make the two ends, close-on-exec.  Returns 0, or -1 with errno.
 */
int fdpass_pair(int ends[2]);

/*
 * Send n bytes and, unless it is -1, a descriptor (the sender keeps its own).
 * Never blocks: a full socket is EAGAIN.  Returns 0, or -1 with errno.
 */
int fdpass_send(int sock, const void *message, size_t n, int fd);

/*
 * Wait for a message of exactly n bytes.  *fd becomes the descriptor passed
 * with it, close-on-exec, or -1.  Returns 1, 0 when the other end is gone, or
 * -1 with errno: EPROTO for a message of another size or with more than one
 * descriptor, all of which are closed; EINTR after a signal; EAGAIN on a
 * non-blocking socket that has none.
 */
int fdpass_receive(int sock, void *message, size_t n, int *fd);

/*
 * The same with several descriptors, FDPASS_MAX at most, in their order.
 * Received is what was sent or EPROTO, but for fewer: those are -1.
 */
#define FDPASS_MAX 8

int fdpass_send_fds(
    int sock, const void *message, size_t n, const int *fds, size_t count);
int fdpass_receive_fds(
    int sock, void *message, size_t n, int *fds, size_t most);

#endif
