/*
 * maildir_open.c - the one way in which anything of a Maildir is opened.
 */
#include "mail/maildir_open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

int
maildir_make_beneath(int root, const char *path, int flags, unsigned mode)
{
	struct open_how how = {
		.mode = (flags & O_CREAT) != 0 ? mode : 0,
		.flags = (unsigned)(flags | O_CLOEXEC | O_NOFOLLOW |
		    ((flags & O_PATH) == 0 ? O_NONBLOCK : 0)),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/* EAGAIN, EXDEV: a rename on the machine raced with it. */
	for (int i = 0; i < 2000; i++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 ||
		    (errno != EAGAIN && errno != EINTR && errno != EXDEV))
			break;
		sched_yield();
	}
	return (int)fd;
}

int
maildir_open_beneath(int root, const char *path, int flags)
{
	return maildir_make_beneath(root, path, flags, 0);
}
