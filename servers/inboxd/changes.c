/*
 * changes.c - wake me when the index has changed.
 */
#include "inboxd/changes.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "inboxd/inbox.h"

int
changes_watch(void)
{
	char path[PATH_MAX];
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), why;

	snprintf(path, sizeof(path), "%s/" INDEX_CHANGED, inbox.path);
	if (fd >= 0 && inotify_add_watch(fd, path, IN_CLOSE_WRITE) >= 0)
		return fd;
	why = errno;
	if (fd >= 0)
		close(fd);
	errno = why;
	return -1;
}

void
changes_hear(int watch)
{
	char waste[4096];

	while (read(watch, waste, sizeof(waste)) > 0)
		;
}
