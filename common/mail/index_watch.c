/*
 * index_watch.c - wake me when the index has changed.
 */
#include "mail/index_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "mail/index.h"
#include "mail/maildir_open.h"

#define NEWS  (IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF)
#define BIRTH (IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)
#define GONE  (IN_DELETE | IN_MOVE_SELF) /* of the Maildir, or of parts of it */

int
index_watch_add(
    int watch, int root, const char *dir, const char *name, uint32_t mask)
{
	int fd = maildir_open_beneath(root, dir, O_RDONLY | O_DIRECTORY);
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
begin(int watch, int root)
{
	const char *file = strchr(INDEX_CHANGED, '/') + 1;

	index_watch_add(watch, root, ".", ".", GONE | IN_ONLYDIR);
	if (index_watch_add(watch, root, INDEX_DIR, file, NEWS) == 0)
		return 0;
	if (index_watch_add(watch, root, ".", ".", BIRTH | GONE) < 0)
		return -1;
	index_watch_add(watch, root, INDEX_DIR, ".", BIRTH);
	index_watch_add(watch, root, INDEX_DIR, file, NEWS);
	return 0;
}

int
index_watch_new(int root)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), why;

	if (fd < 0 || begin(fd, root) == 0)
		return fd;
	why = errno;
	close(fd);
	errno = why;
	return -1;
}

void
index_watch_hear(int watch, int root)
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
		begin(watch, root);
}
