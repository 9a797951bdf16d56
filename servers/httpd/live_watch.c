/*
 * live_watch.c - has anything changed in a directory and below?
 */
#include "httpd/live_watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "httpd/live_notes.h"
#include "httpd/live_walk.h"
#include "httpd/live_warn.h"
#include "system/log.h"

#define MASK \
	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE)

#define FD_PATH 32 /* bytes of "/proc/self/fd/N" */

/* A file that is watched itself. */
struct file {
	int number; /* inotify's */
	enum live_change change;
};

struct live_watch {
	int fd;
	struct live_notes notes;
	struct file files[LIVE_WATCH_FILES];
	size_t file_count;
	int refused; /* errno of a watch that was not to be had */
};

/*
 * Watch what is open: the kernel follows this link to it and asks for no right
 * on the way.  Without /proc a folder can be gone to.
 */
static int
watch_open(struct live_watch *w, int fd, uint32_t mask)
{
	char path[FD_PATH];
	int number;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	number = inotify_add_watch(w->fd, path, mask);
	if (number < 0 && errno == ENOENT && (mask & IN_ONLYDIR) != 0 &&
	    fchdir(fd) == 0)
		number = inotify_add_watch(w->fd, ".", mask);
	if (number < 0)
		w->refused = errno;
	return number;
}

static void
watch_folder(void *own, int fd)
{
	watch_open(own, fd, MASK | IN_ONLYDIR);
}

static void
watch_file(void *own, int fd, enum live_change change)
{
	struct live_watch *w = own;
	int number;

	if (w->file_count == LIVE_WATCH_FILES) {
		w->refused = EMFILE;
		return;
	}
	number = watch_open(w, fd, IN_CLOSE_WRITE);
	for (size_t i = 0; i < w->file_count; i++)
		if (w->files[i].number == number)
			return;
	if (number >= 0)
		w->files[w->file_count++] = (struct file){ number, change };
}

/* What is not watched, and was not at the start, is said once for each process
 * that watches. */
static void
complain(const struct live_watch *w, const struct live_walk *walk)
{
	static bool told;

	if (told || (w->refused == 0 && (!walk->cut || live_warned_cut)))
		return;
	told = true;
	if (walk->cut && !live_warned_cut)
		log_warn("--live: more than %d folders; changes in the others "
			 "are not seen",
		    LIVE_WALK_DIRS);
	if (w->refused == EMFILE)
		log_warn("--live: more than %d files with several names; "
			 "changes of the others by another name are not seen",
		    LIVE_WATCH_FILES);
	else if (w->refused == ENOSPC)
		log_warn("--live: no more watches (see "
			 "fs.inotify.max_user_watches); not all changes are "
			 "seen");
	else if (w->refused != 0)
		log_warn("--live: inotify: %s", strerror(w->refused));
}

static enum live_change
walk(struct live_watch *w, int64_t since_ms)
{
	struct live_walk walk = { .since_ms = since_ms,
		.folder = watch_folder,
		.file = watch_file,
		.own = w };

	live_walk(&walk);
	complain(w, &walk);
	return walk.seen;
}

enum live_change
live_changed_since(int64_t since_ms)
{
	struct live_walk walk = { .since_ms = since_ms };

	live_walk(&walk);
	return walk.seen;
}

struct live_watch *
live_watch_new(int64_t since_ms, enum live_change *seen)
{
	struct live_watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0) {
		free(w);
		return NULL;
	}
	*seen = walk(w, since_ms);
	return w;
}

void
live_watch_free(struct live_watch *w)
{
	if (w != NULL)
		close(w->fd);
	free(w);
}

int
live_watch_fd(const struct live_watch *w)
{
	return w->fd;
}

/* A file by another of its names; it is noted as one without a name. */
static void
hear_file(struct live_watch *w, const struct inotify_event *e)
{
	size_t i = 0;

	while (i < w->file_count && w->files[i].number != e->wd)
		i++;
	if (i == w->file_count)
		return;
	if ((e->mask & IN_IGNORED) != 0)
		w->files[i] = w->files[--w->file_count];
	else
		live_notes_add(&w->notes, e->wd, 0, "", w->files[i].change);
}

static void
hear_name(struct live_watch *w, const struct inotify_event *e)
{
	live_notes_add(&w->notes, e->wd,
	    (e->mask & IN_MOVED_FROM) != 0 ? e->cookie : 0, e->name,
	    (e->mask & IN_ISDIR) == 0      ? live_names_file(e->name) :
		live_names_folder(e->name) ? LIVE_PAGE :
					     LIVE_NOTHING);
}

static void
hear(struct live_watch *w, const struct inotify_event *e)
{
	if ((e->mask & IN_Q_OVERFLOW) != 0)
		w->notes.overflow = true;
	if (e->len == 0) {
		hear_file(w, e);
		return;
	}
	if ((e->mask & IN_MOVED_TO) != 0)
		live_notes_renamed(&w->notes, e->cookie);
	/* A new file is news once it has been written; a new directory at
	 * once, for it may be full already. */
	if ((e->mask & (IN_CREATE | IN_ISDIR)) != IN_CREATE)
		hear_name(w, e);
}

bool
live_hear(struct live_watch *w)
{
	_Alignas(struct inotify_event) char events[8192];
	bool new_dir = false, any = false;
	ssize_t n;

	while ((n = read(w->fd, events, sizeof(events))) > 0) {
		const struct inotify_event *e;

		for (char *p = events; p < events + n;
		     p += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)p;
			hear(w, e);
			any = true;
			if ((e->mask & IN_ISDIR) != 0)
				new_dir = true;
		}
	}
	if (new_dir)
		walk(w, 0);
	return any;
}

enum live_change
live_heard(struct live_watch *w)
{
	return live_notes_take(&w->notes);
}
