/*
 * maildir_put.c - a message of our own making, put into the Maildir whole: as
 * smtpd's store does it, but from memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "mail/maildir.h"
#include "mail/maildir_open.h"
#include "system/clock.h"
#include "system/io.h"

void
maildir_new_id(char id[MAILDIR_ID_MAX])
{
	static unsigned count;
	int64_t now = clock_wall_us();

	snprintf(id, MAILDIR_ID_MAX, "%lld.M%06dP%dQ%u",
	    (long long)(now / 1000000), (int)(now % 1000000), (int)getpid(),
	    ++count);
}

/* All of it on disk, or not at all. */
static int
write_all(int tmp, const char *name, struct slice text)
{
	int fd =
	    maildir_make_beneath(tmp, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	int status = 0;

	if (fd < 0)
		return -1;
	if (io_write_all(fd, text.p, text.n) != (ssize_t)text.n ||
	    fsync(fd) < 0)
		status = -1;
	if (close(fd) < 0)
		status = -1;
	return status;
}

int
maildir_put(const struct maildir *m, const char *folder, const char *flags,
    const char *id, struct slice text)
{
	char name[MAILDIR_NAME_MAX], to[MAILDIR_NAME_MAX];
	int tmp, dir, status = -1, why;

	if (snprintf(name, sizeof(name), "%s.berth", id) >= (int)sizeof(name) ||
	    snprintf(to, sizeof(to), "%s%s%s", name,
		flags[0] == '\0' ? "" : ":2,", flags) >= (int)sizeof(to)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	tmp = maildir_open_beneath(
	    maildir_root(m), "tmp", O_RDONLY | O_DIRECTORY);
	if (tmp < 0)
		return -1;
	dir = maildir_open_part(
	    m, folder, flags[0] == '\0' ? MAILDIR_NEW : MAILDIR_CUR);
	if (dir >= 0 && write_all(tmp, name, text) == 0)
		status = renameat(tmp, name, dir, to);
	if (status == 0 && fsync(dir) < 0) {
		unlinkat(dir, to, 0);
		status = -1;
	}
	why = errno;
	if (status < 0)
		unlinkat(tmp, name, 0);
	if (dir >= 0)
		close(dir);
	close(tmp);
	errno = why;
	return status;
}
