/*
 * root_names.c - see root_names.h.
 */
#include "httpd/root_names.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/slice.h"

/* A name that is there must go, or be taken by another, before it is made. */
#define TAKEN (IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)
#define MADE  (TAKEN | IN_CREATE)

static bool linked; /* other names than those of the path count, too */

/* The first n bytes of a path, in to. */
static const char *
beginning(const char *of, size_t n, char to[PATH_MAX])
{
	memcpy(to, of, n);
	to[n] = '\0';
	return to;
}

/* Watch each directory in which a name of the path stands. */
static void
watch_plain(int fd, const char *of, uint32_t what)
{
	char part[PATH_MAX];

	for (const char *slash = of; slash != NULL;
	     slash = strchr(slash + 1, '/'))
		inotify_add_watch(fd,
		    beginning(of, slash == of ? 1 : (size_t)(slash - of), part),
		    what);
}

/*
 * And those of the paths that its links lead to, for whatever happens there:
 * of a link that leads nowhere it cannot be told where that is.
 */
static void
watch_links(int fd, const char *of)
{
	char part[PATH_MAX], target[PATH_MAX];
	struct stat st;

	for (const char *slash = of; slash != NULL;) {
		const char *end = strchr(slash + 1, '/');

		beginning(
		    of, end == NULL ? strlen(of) : (size_t)(end - of), part);
		if (lstat(part, &st) == 0 && S_ISLNK(st.st_mode)) {
			linked = true;
			if (realpath(part, target) != NULL)
				/* in which there are no links */
				watch_plain(fd, target, MADE | IN_MASK_ADD);
		}
		slash = end;
	}
}

static void
watch_more(int fd, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		watch_plain(fd, path, MADE | IN_MASK_ADD);
	watch_links(fd, path);
}

/* First the watches, then a look: what comes between is not lost. */
static void
watch(int fd, const char *path, const char *other)
{
	watch_plain(fd, path, TAKEN);
	if (other != NULL)
		watch_plain(fd, other, TAKEN);
	watch_more(fd, path);
	if (other != NULL)
		watch_more(fd, other);
}

static bool
is_of(const char *path, const struct inotify_event *e)
{
	struct slice rest = slice_of(path);

	if (linked || e->len == 0)
		return true;
	while (rest.p != NULL)
		if (slice_is(slice_cut(&rest, '/'), e->name))
			return true;
	return false;
}

int
root_names_watch(const char *path, const char *other)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd >= 0)
		watch(fd, path, other);
	return fd;
}

bool
root_names_changed(int fd, const char *path, const char *other)
{
	_Alignas(struct inotify_event) char events[4096];
	ssize_t n = read(fd, events, sizeof(events));
	bool changed = false;

	for (const char *p = events; n > 0 && p < events + n && !changed;) {
		const struct inotify_event *e = (const void *)p;

		changed = is_of(path, e) || (other != NULL && is_of(other, e));
		p += sizeof(*e) + e->len;
	}
	if (changed)
		watch(fd, path, other);
	return changed;
}
