/*
 * live_watch.c - has anything changed in a directory and below?
 */
#include "httpd/live_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/slice.h"
#include "system/log.h"
#include "system/path.h"

#define OPEN_DIRS 16 /* that nftw(3) may keep open */
#define MASK \
	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE)

#define NOTES_MAX 64

/* What was heard and not yet asked for. */
struct note {
	int dir;         /* inotify's number of the directory */
	uint32_t cookie; /* of a file that was moved away, else 0 */
	enum live_change change;
	char name[NAME_MAX + 1];
};

struct live_watch {
	int fd;
	const char *dir;
	struct note notes[NOTES_MAX];
	size_t note_count;
	bool overflow; /* there was more: it may have been anything */
};

static const struct arg_list *ignored; /* --live-ignore */

/* nftw(3) knows no context, so the walk's is here, while it lasts. */
static int walk_watch; /* -1: only look */
static int64_t walk_since_ms;
static int walk_dirs;
static enum live_change walk_seen;

/* What editors and tools keep for themselves. */
static bool
is_private(const char *name)
{
	struct slice s = slice_of(name);

	return s.n == 0 || s.p[0] == '.' || s.p[s.n - 1] == '~' ||
	    (s.p[0] == '#' && s.p[s.n - 1] == '#') || /* Emacs */
	    slice_is(s, "node_modules") ||
	    strspn(name, "0123456789") == s.n || /* vim's 4913 and on */
	    slice_ends(s, "___jb_tmp___") || slice_ends(s, "___jb_old___");
}

/* Files that no page loads: they go with others, which do count. */
static bool
is_loaded(struct slice name)
{
	static const char *const not [] = { ".map", ".scss", ".sass", ".less",
		".log", ".tmp", ".swp", ".part" };

	for (size_t i = 0; i < sizeof(not ) / sizeof(not [0]); i++)
		if (slice_ends(name, not [i]))
			return false;
	return true;
}

static bool
is_ignored(const char *name)
{
	for (size_t i = 0; ignored != NULL && i < ignored->n; i++)
		if (fnmatch(ignored->item[i], name, 0) == 0)
			return true;
	return false;
}

static enum live_change
weigh(const char *name)
{
	if (is_private(name) || is_ignored(name) || !is_loaded(slice_of(name)))
		return LIVE_NOTHING;
	return slice_ends(slice_of(name), ".css") ? LIVE_STYLE : LIVE_PAGE;
}

void
live_watch_ignore(const struct arg_list *globs)
{
	ignored = globs;
}

static enum live_change
more(enum live_change a, enum live_change b)
{
	return a > b ? a : b;
}

static bool
is_newer(const struct timespec *t, int64_t since_ms)
{
	return t->tv_sec * 1000 + t->tv_nsec / 1000000 > since_ms;
}

static void
watch_dir(const char *path)
{
	if (++walk_dirs > LIVE_WATCH_DIRS) {
		if (walk_dirs == LIVE_WATCH_DIRS + 1)
			log_warn("--live: more than %d directories; changes "
				 "in the others are not seen",
			    LIVE_WATCH_DIRS);
		return;
	}
	if (walk_watch < 0)
		return;
	if (inotify_add_watch(walk_watch, path, MASK | IN_ONLYDIR) < 0)
		log_warn("--live: %s: %s", path, strerror(errno));
}

static int
visit(const char *path, const struct stat *st, int type, struct FTW *where)
{
	const char *name = path + where->base;

	if (where->level > 0 &&
	    ((is_private(name) &&
		 !(type == FTW_D && strspn(name, "0123456789") > 0)) ||
		is_ignored(name)))
		return FTW_SKIP_SUBTREE;
	if (type == FTW_D) {
		if (path_is_maildir(AT_FDCWD, path))
			return FTW_SKIP_SUBTREE;
		watch_dir(path);
		return FTW_CONTINUE;
	}
	if (walk_since_ms > 0 && type == FTW_F &&
	    (is_newer(&st->st_mtim, walk_since_ms) ||
		is_newer(&st->st_ctim, walk_since_ms)))
		walk_seen = more(walk_seen, weigh(name));
	return FTW_CONTINUE;
}

static enum live_change
walk(const char *dir, int fd, int64_t since_ms)
{
	walk_watch = fd;
	walk_since_ms = since_ms;
	walk_dirs = 0;
	walk_seen = LIVE_NOTHING;
	nftw(dir, visit, OPEN_DIRS, FTW_PHYS | FTW_ACTIONRETVAL);
	return walk_seen;
}

enum live_change
live_changed_since(const char *dir, int64_t since_ms)
{
	return walk(dir, -1, since_ms);
}

struct live_watch *
live_watch_new(const char *dir, int64_t since_ms, enum live_change *seen)
{
	struct live_watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->dir = dir;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0) {
		free(w);
		return NULL;
	}
	*seen = walk(dir, w->fd, since_ms);
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

/*
 * Many editors write to a file of another name and then rename it.  What was
 * noted of that other name is then no news of its own.
 */
static void
renamed(struct live_watch *w, uint32_t cookie)
{
	struct note from = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < w->note_count; i++)
		if (w->notes[i].cookie == cookie)
			from = w->notes[i];
	if (from.cookie == 0)
		return;
	for (size_t i = 0; i < w->note_count; i++)
		if (w->notes[i].dir != from.dir ||
		    strcmp(w->notes[i].name, from.name) != 0)
			w->notes[kept++] = w->notes[i];
	w->note_count = kept;
}

static void
take_note(struct live_watch *w, const struct inotify_event *e)
{
	enum live_change change = weigh(e->name);
	struct note *n;

	if (change == LIVE_NOTHING)
		return;
	if (w->note_count == NOTES_MAX) {
		w->overflow = true;
		return;
	}
	n = &w->notes[w->note_count++];
	*n = (struct note){ .dir = e->wd, .change = change };
	if ((e->mask & IN_MOVED_FROM) != 0)
		n->cookie = e->cookie;
	snprintf(n->name, sizeof(n->name), "%s", e->name);
}

static void
hear(struct live_watch *w, const struct inotify_event *e)
{
	if ((e->mask & IN_Q_OVERFLOW) != 0)
		w->overflow = true;
	if (e->len == 0)
		return;
	if ((e->mask & IN_MOVED_TO) != 0)
		renamed(w, e->cookie);
	/* A new file is news once it has been written; a new directory at
	 * once, for it may be full already. */
	if ((e->mask & (IN_CREATE | IN_ISDIR)) != IN_CREATE)
		take_note(w, e);
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
		walk(w->dir, w->fd, 0);
	return any;
}

enum live_change
live_heard(struct live_watch *w)
{
	enum live_change seen = w->overflow ? LIVE_PAGE : LIVE_NOTHING;

	for (size_t i = 0; i < w->note_count; i++)
		seen = more(seen, w->notes[i].change);
	w->note_count = 0;
	w->overflow = false;
	return seen;
}
