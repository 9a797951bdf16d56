/*
 * fdpass.h - pass an open descriptor to another process (SCM_RIGHTS).
 *
 * The sockets are AF_UNIX SOCK_SEQPACKET: one message is one datagram of a
 * known size with one descriptor, two or none, so it cannot be cut or glued.
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
 * The same with two descriptors; the second may be -1.
 */
int fdpass_send_two(int sock, const void *message, size_t n, const int fd[2]);

/*
 * Wait for a message of exactly n bytes.  *fd becomes the descriptor passed
 * with it, close-on-exec, or -1.  Returns 1, 0 when the other end is gone, or
 * -1 with errno: EPROTO for a message of another size or with more than one
 * descriptor, all of which are closed; EINTR after a signal; EAGAIN on a
 * non-blocking socket that has none.
 */
int fdpass_receive(int sock, void *message, size_t n, int *fd);

/*
 * The same for a message with two descriptors at most.
 */
int fdpass_receive_two(int sock, void *message, size_t n, int fd[2]);

#endif
