/*
 * io.h - reading, writing and descriptors, with EINTR and short counts known
 * in one place.
 */
#ifndef IO_H
#define IO_H

#include <stddef.h>
#include <sys/types.h>

/*
 * read(2) and write(2) until all n bytes are done, or end-of-file (read).
 * Return the count, or -1 with errno.
 */
ssize_t io_read_all(int fd, void *to, size_t n);
ssize_t io_write_all(int fd, const void *from, size_t n);

/*
 * Move a descriptor out of the way of all others, to IMAGE_HIGH_FD or above
 * (image.h; close-on-exec); the old number is closed in any
 * case.  Returns the new one, or -1 with errno.
 */
int io_move_high(int fd);

/*
 * Draw a line under what is open now: what is opened later gets the returned
 * number or a higher one, so that a child can close all of it with one
 * close_range(2).  Unused numbers below the line are filled with /dev/null;
 * descriptors from IMAGE_HIGH_FD on count as opened later.  Returns -1 with errno
 * on failure.
 */
int io_draw_line(void);

/*
 * Open /dev/null on all numbers up to last that are free, so that whatever is
 * opened or received from now on lies above.  Returns 0, or -1 with errno.
 */
int io_fill_gaps(int last);

/*
 * Put descriptors in a row for a program that is about to be exec'd: copies of
 * fds[0..n) get the numbers from first on and stay open across exec(2).  What
 * had these numbers is kept aside, for io_row_undo() when the exec fails.
 * Returns 0, or -1 with errno; nothing has changed then.
 */
#define IO_ROW_MAX 80

struct io_row {
	int first;
	size_t n;
	int aside[IO_ROW_MAX]; /* -1: the number was free */
};

int io_row_make(struct io_row *, int first, const int *fds, size_t n);
void io_row_undo(struct io_row *);

/*
 * Make sure that descriptors 0, 1 and 2 are open, on /dev/null if need be, so
 * that no socket ever lands on them.  Returns 0, or -1 with errno.
 */
int io_fill_standard(void);

/*
 * Descriptors 0 and 1 become /dev/null: in a process that has nothing to read
 * there and nothing to say, be it a terminal or a pipe.  Returns 0, or -1 with
 * errno.
 */
int io_mute_standard(void);

#endif
