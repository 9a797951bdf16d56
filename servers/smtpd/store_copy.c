/*
 * store_copy.c - a message to its place when it can be neither moved nor
 * linked there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "smtpd/store.h"
#include "smtpd/store_dirs.h"

static int
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = store_ops.write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

/* All of from to to, and to the disk. */
static int
copy_bytes(int from, int to)
{
	static char piece[STORE_BLOCK];
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || write_all(to, piece, (size_t)n) < 0)
			return -1;
	}
	return store_ops.fsync(to);
}

static int
copy_to(int from, int dir, const char *hidden)
{
	int to = store_ops.open(
	    dir, hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int status;

	if (to < 0)
		return -1;
	status = copy_bytes(from, to);
	return store_ops.close(to) < 0 ? -1 : status;
}

int
store_copy(const char *name, int dir)
{
	char hidden[STORE_NAME_MAX + 1];
	int from =
	    store_ops.open(store_dirs.tmp, name, O_RDONLY | O_CLOEXEC, 0);
	int status, why;

	if (from < 0)
		return -1;
	/* Readers of a Maildir pass over names that begin with a dot. */
	snprintf(hidden, sizeof(hidden), ".%s", name);
	status = copy_to(from, dir, hidden);
	if (status == 0)
		status = store_ops.rename(dir, hidden, dir, name);
	why = errno;
	store_ops.close(from);
	if (status < 0)
		store_ops.unlink(dir, hidden);
	errno = why;
	return status;
}
