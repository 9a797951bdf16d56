/*
 * io.c - reading, writing and descriptors.
 */
#include "system/io.h"

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

int
io_draw_line(void)
{
	int highest = STDERR_FILENO, fd;

	/* Not by poll(2), which does not see an O_PATH descriptor. */
	for (int i = 0; i < IO_HIGH_FD && i <= highest + GAP; i++)
		if (fcntl(i, F_GETFD) >= 0)
			highest = i;
	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= highest);
	if (fd < 0)
		return -1;
	close(fd);
	return highest + 1;
}

int
io_set_cloexec(int fd, int on)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0)
		return -1;
	return fcntl(
	    fd, F_SETFD, on ? flags | FD_CLOEXEC : flags & ~FD_CLOEXEC);
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
