/*
 * changes.c - wake me when the index has changed.
 */
#include "inboxd/changes.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inboxd/inbox.h"
#include "mail/index_watch.h"

/*
 * To close a descriptor of inotify waits until the kernel is sure that nobody
 * is at its marks any more: 10 ms, or 20, in which the client waits.  So one
 * that is done with is kept for the next, and closed by the end of the
 * process.
 */
static int spare = -1;

int
changes_watch(void)
{
	int fd = spare;

	if (fd < 0)
		return index_watch_new(maildir_root(inbox.maildir));
	spare = -1;
	changes_hear(fd);
	return fd;
}

void
changes_forget(int watch)
{
	if (watch < 0)
		return;
	if (spare < 0)
		spare = watch;
	else
		close(watch);
}

void
changes_hear(int watch)
{
	index_watch_hear(watch, maildir_root(inbox.maildir));
}

/* The name may lead where we may not look: then a removal is all that shows. */
bool
changes_lost(void)
{
	struct stat ours, there;

	if (fstat(maildir_root(inbox.maildir), &ours) < 0 || ours.st_nlink == 0)
		return true;
	if (inbox.place == NULL)
		return false;
	if (stat(inbox.place, &there) < 0)
		return errno == ENOENT || errno == ENOTDIR;
	return ours.st_dev != there.st_dev || ours.st_ino != there.st_ino;
}

int
changes_add(int watch, const char *dir, const char *name, uint32_t mask)
{
	return index_watch_add(
	    watch, maildir_root(inbox.maildir), dir, name, mask);
}
