/*
 * changes.c - wake me when the index has changed.
 */
#include "inboxd/changes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inboxd/inbox.h"
#include "mail/maildir_open.h"

/*
 * To close a descriptor of inotify waits until the kernel is sure that nobody
 * is at its marks any more: 10 ms, or 20, in which the client waits.  So one
 * that is done with is kept for the next, and closed by the end of the
 * process.
 */
static int spare = -1;

#define NEWS  (IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF)
#define BIRTH (IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)
#define GONE  (IN_DELETE | IN_MOVE_SELF) /* of the Maildir, or of parts of it */

int
changes_add(int watch, const char *dir, const char *name, uint32_t mask)
{
	int fd = maildir_open_beneath(
	    maildir_root(inbox.maildir), dir, O_RDONLY | O_DIRECTORY);
	int status, why;

	if (fd < 0)
		return -1;
	status = fchdir(fd);
	if (status == 0)
		status = inotify_add_watch(watch, name, mask | IN_DONT_FOLLOW);
	why = errno;
	close(fd);
	errno = why;
	return status < 0 ? -1 : 0;
}

/*
 * The file that is written after each change; where that is not yet, its
 * directory, and where that is not, the Maildir.  Once more after that, for it
 * may have come between the two.
 */
static int
begin(int watch)
{
	const char *file = strchr(INDEX_CHANGED, '/') + 1;

	changes_add(watch, ".", ".", GONE | IN_ONLYDIR);
	if (changes_add(watch, INDEX_DIR, file, NEWS) == 0)
		return 0;
	if (changes_add(watch, ".", ".", BIRTH | GONE) < 0)
		return -1;
	changes_add(watch, INDEX_DIR, ".", BIRTH);
	changes_add(watch, INDEX_DIR, file, NEWS);
	return 0;
}

int
changes_watch(void)
{
	int fd = spare, why;

	if (fd >= 0) {
		spare = -1;
		changes_hear(fd);
		return fd;
	}
	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd >= 0 && begin(fd) == 0)
		return fd;
	why = errno;
	if (fd >= 0)
		close(fd);
	errno = why;
	return -1;
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
	_Alignas(struct inotify_event) char events[4096];
	bool other = false;
	ssize_t n;

	while ((n = read(watch, events, sizeof(events))) > 0) {
		const struct inotify_event *e;

		for (char *p = events; p < events + n;
		     p += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)p;
			other = other || (e->mask & IN_CLOSE_WRITE) == 0;
		}
	}
	if (other)
		begin(watch);
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
