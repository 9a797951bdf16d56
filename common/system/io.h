/*
 * io.h - reading, writing and descriptors, with EINTR and short counts known
 * in one place.
 */
#ifndef IO_H
#define IO_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Descriptors from here on are the master's own (listeners, control sockets,
 * epoll): a child closes them all with one close_range(2).  What a service
 * opens before the fork stays below.
 */
#define IO_PRIVATE_FD 64

/*
 * read(2) and write(2) until all n bytes are done, or end-of-file (read).
 * Return the count, or -1 with errno.
 */
ssize_t io_read_all(int fd, void *to, size_t n);
ssize_t io_write_all(int fd, const void *from, size_t n);

/*
 * Move a descriptor to IO_PRIVATE_FD or above, close-on-exec, and close the
 * old number.  Returns the new one, or -1 with errno (the old one is then
 * still open).
 */
int io_make_private(int fd);

/*
 * Set or clear close-on-exec.  Returns 0, or -1 with errno.
 */
int io_set_cloexec(int fd, int on);

/*
 * Make sure that descriptors 0, 1 and 2 are open, on /dev/null if need be, so
 * that no socket ever lands on them.  Returns 0, or -1 with errno.
 */
int io_fill_standard(void);

#endif
