/*
 * live_walk.c - all that is served below the site's folder, once over.
 */
#include "httpd/live_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd/open.h"
#include "httpd/site.h"
#include "system/clock.h"

#define AHEAD_MS 1000 /* a file's time that is later than this is no time */

/* A folder that is still to be looked into. */
struct pending {
	struct pending *next;
	char path[];
};

struct queue {
	struct live_walk *w;
	struct pending *first, **last;
	int64_t until_ms;
	struct place {
		dev_t dev;
		ino_t ino;
	} * been; /* where we have been: links may lead in circles */
};

static void
put_off(struct queue *q, const char *path)
{
	struct pending *p = malloc(sizeof(*p) + strlen(path) + 1);

	if (p == NULL) {
		q->w->cut = true;
		return;
	}
	strcpy(p->path, path);
	p->next = NULL;
	*q->last = p;
	q->last = &p->next;
}

/*
 * The time of change, for the other one can be set to whatever its owner
 * likes, 2099 too: a page that is always older would load for ever.
 */
static bool
is_new(const struct queue *q, const struct stat *st)
{
	int64_t changed =
	    st->st_ctim.tv_sec * 1000 + st->st_ctim.tv_nsec / 1000000;

	return q->w->since_ms > 0 && changed >= q->w->since_ms &&
	    changed <= q->until_ms;
}

static void
see_file(struct queue *q, int dir, const char *name, const struct stat *st,
    bool elsewhere, int fd)
{
	enum live_change change = live_names_file(name);
	int own = -1;

	if (change == LIVE_NOTHING)
		return;
	if (is_new(q, st))
		q->w->seen = live_names_more(q->w->seen, change);
	if (q->w->file == NULL || (!elsewhere && st->st_nlink == 1))
		return;
	if (fd < 0)
		fd = own = openat(
		    dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		q->w->file(q->w->own, fd, change);
	if (own >= 0)
		close(own);
}

/* A link: what it stands for, if that is served. */
static void
see_link(struct queue *q, int dir, const char *path, const char *name)
{
	struct stat st;
	int fd = site_open(path, &st);

	if (fd < 0)
		return;
	if (S_ISDIR(st.st_mode) && live_names_folder(name))
		put_off(q, path);
	else if (S_ISREG(st.st_mode))
		see_file(q, dir, name, &st, true, fd);
	close(fd);
}

static void
see(struct queue *q, int dir, const char *base, const struct dirent *e)
{
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s%s%s", base,
		base[0] == '\0' ? "" : "/", e->d_name) >= (int)sizeof(path) ||
	    fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISDIR(st.st_mode) && live_names_folder(e->d_name))
		put_off(q, path);
	else if (S_ISREG(st.st_mode)) /* the numbers differ: mounted there */
		see_file(q, dir, e->d_name, &st, e->d_ino != st.st_ino, -1);
	else if (S_ISLNK(st.st_mode))
		see_link(q, dir, path, e->d_name);
}

static bool
has_been(struct queue *q, const struct stat *st)
{
	for (size_t i = 0; i < q->w->dirs; i++)
		if (q->been[i].ino == st->st_ino &&
		    q->been[i].dev == st->st_dev)
			return true;
	return false;
}

static void
look_into(struct queue *q, const char *path)
{
	struct stat st;
	struct dirent *e;
	int fd = site_open(path[0] == '\0' ? "." : path, &st);
	DIR *d;

	if (fd < 0) {
		if (errno == EACCES && q->w->shut++ == 0)
			snprintf(q->w->first_shut, sizeof(q->w->first_shut),
			    "%s", path);
		return;
	}
	if (!S_ISDIR(st.st_mode) || has_been(q, &st)) {
		close(fd);
		return;
	}
	q->been[q->w->dirs].dev = st.st_dev;
	q->been[q->w->dirs++].ino = st.st_ino;
	/* First the watch, then a look: what comes between is not lost. */
	if (q->w->folder != NULL)
		q->w->folder(q->w->own, fd);
	d = fdopendir(fd);
	if (d == NULL) {
		close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			see(q, fd, path, e);
	closedir(d);
}

void
live_walk(struct live_walk *w)
{
	struct queue q = { .w = w, .until_ms = clock_file_ms() + AHEAD_MS };

	w->seen = LIVE_NOTHING;
	w->dirs = w->shut = 0;
	w->cut = false;
	q.last = &q.first;
	q.been = calloc(LIVE_WALK_DIRS, sizeof(*q.been));
	if (q.been != NULL)
		put_off(&q, "");
	while (q.first != NULL) {
		struct pending *p = q.first;

		q.first = p->next;
		if (q.first == NULL)
			q.last = &q.first;
		if (w->dirs < LIVE_WALK_DIRS)
			look_into(&q, p->path);
		else
			w->cut = true;
		free(p);
	}
	free(q.been);
}
