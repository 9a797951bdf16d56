/*
 * live_watch.c - has anything changed in a directory and below?
 */
#include "httpd/live_watch.h"

#include <errno.h>
#include <ftw.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/slice.h"
#include "system/log.h"

#define OPEN_DIRS 16 /* that nftw(3) may keep open */
#define MASK \
	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE)

/* nftw(3) knows no context, so the walk's is here. */
static int walk_watch;
static int64_t walk_since_ms;
static int walk_dirs;
static enum live_change walk_seen;

static const char *top; /* the directory, for a new walk */

static bool
is_private(const char *name)
{
	struct slice s = slice_of(name);

	return s.n == 0 || s.p[0] == '.' || s.p[s.n - 1] == '~' ||
	    slice_is(s, "node_modules");
}

static enum live_change
weigh(const char *name)
{
	if (is_private(name))
		return LIVE_NOTHING;
	return slice_ends(slice_of(name), ".css") ? LIVE_STYLE : LIVE_PAGE;
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
	if (inotify_add_watch(walk_watch, path, MASK | IN_ONLYDIR) < 0)
		log_warn("--live: %s: %s", path, strerror(errno));
}

static int
visit(const char *path, const struct stat *st, int type, struct FTW *where)
{
	const char *name = path + where->base;

	if (where->level > 0 && is_private(name))
		return FTW_SKIP_SUBTREE;
	if (type == FTW_D) {
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
walk(int watch, int64_t since_ms)
{
	walk_watch = watch;
	walk_since_ms = since_ms;
	walk_dirs = 0;
	walk_seen = LIVE_NOTHING;
	nftw(top, visit, OPEN_DIRS, FTW_PHYS | FTW_ACTIONRETVAL);
	return walk_seen;
}

int
live_watch(const char *dir, int64_t since_ms, enum live_change *seen)
{
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (watch < 0)
		return -1;
	top = dir;
	*seen = walk(watch, since_ms);
	return watch;
}

enum live_change
live_news(int watch)
{
	_Alignas(struct inotify_event) char events[8192];
	enum live_change seen = LIVE_NOTHING;
	bool new_dir = false;
	ssize_t n;

	while ((n = read(watch, events, sizeof(events))) > 0) {
		const struct inotify_event *e;

		for (char *p = events; p < events + n;
		     p += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)p;
			if ((e->mask & IN_Q_OVERFLOW) != 0)
				seen = LIVE_PAGE; /* who knows what it was */
			if (e->len == 0)
				continue;
			/* A new file is news once it has been written; a new
			 * directory at once, for it may be full already. */
			if ((e->mask & (IN_CREATE | IN_ISDIR)) != IN_CREATE)
				seen = more(seen, weigh(e->name));
			if ((e->mask & IN_ISDIR) != 0)
				new_dir = true;
		}
	}
	if (new_dir)
		walk(watch, 0);
	return seen;
}
