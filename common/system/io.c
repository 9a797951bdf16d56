/*
 * io.c - reading, writing and descriptors.
 */
#include "system/io.h"
#include "system/image.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Numbers are given lowest first: behind so many free ones there is nothing. */
#define GAP 64

ssize_t
io_read_all(int fd, void *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, (char *)to + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

ssize_t
io_write_all(int fd, const void *from, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t put = write(fd, (const char *)from + done, n - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		done += (size_t)put;
	}
	return (ssize_t)done;
}

/* -1 with EBADF: there is nothing on this number. */
static int
copy_high(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, IMAGE_HIGH_FD);
}

int
io_move_high(int fd)
{
	int high = copy_high(fd), saved = errno;

	close(fd);
	errno = saved;
	return high;
}

int
io_fill_gaps(int last)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= last);
	return fd < 0 ? -1 : close(fd);
}

int
io_draw_line(void)
{
	int highest = STDERR_FILENO;

	/* Not by poll(2), which does not see an O_PATH descriptor. */
	for (int i = 0; i < IMAGE_HIGH_FD && i <= highest + GAP; i++)
		if (fcntl(i, F_GETFD) >= 0)
			highest = i;
	return io_fill_gaps(highest) < 0 ? -1 : highest + 1;
}

int
io_row_make(struct io_row *r, int first, const int *fds, size_t n)
{
	int high[IO_ROW_MAX], saved;
	size_t copied = 0;

	*r = (struct io_row){ .first = first };
	if (n > IO_ROW_MAX) {
		errno = EMFILE;
		return -1;
	}
	/* All go up first, so that none is overwritten before its turn. */
	for (; copied < n; copied++)
		if ((high[copied] = copy_high(fds[copied])) < 0)
			goto out;
	for (; r->n < n; r->n++) {
		int at = first + (int)r->n;

		r->aside[r->n] = copy_high(at);
		if (r->aside[r->n] < 0 && errno != EBADF)
			goto out;
		if (dup2(high[r->n], at) < 0) {
			close(r->aside[r->n]);
			goto out;
		}
	}
out:
	saved = errno;
	while (copied > 0)
		close(high[--copied]);
	if (r->n == n)
		return 0;
	io_row_undo(r);
	errno = saved;
	return -1;
}

void
io_row_undo(struct io_row *r)
{
	while (r->n > 0) {
		int aside = r->aside[--r->n], at = r->first + (int)r->n;

		if (aside < 0) {
			close(at);
			continue;
		}
		dup3(aside, at, O_CLOEXEC);
		close(aside);
	}
}

int
io_mute_standard(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
		return -1;
	return close(fd);
}

int
io_fill_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return -1;
	return close(fd);
}
