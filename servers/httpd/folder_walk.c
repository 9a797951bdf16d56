/*
 * folder_walk.c - one entry after another of all that lies below a directory.
 */
#include "httpd/folder_walk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "httpd/listing_read.h"
#include "httpd/open.h"
#include "httpd/site.h"
#include "system/log.h"
#include "system/path.h"

/* A directory that is being gone through. */
struct level {
	struct listing list;
	size_t at; /* the next entry */
	size_t n;  /* bytes of its name in path */
};

struct folder_walk {
	char path[TARGET_MAX];
	size_t top; /* bytes of the first directory's name, and a slash */
	int depth;
	struct level level[FOLDER_DEPTH];
};

/* Go through the directory whose name the first n bytes of path are. */
static int
enter(struct folder_walk *w, size_t n)
{
	static const struct listing_wish by_name = { .key = BY_NAME };
	struct level *l = &w->level[w->depth];
	struct stat st;
	int dir;

	w->path[n] = '\0';
	dir = site_open(w->path, &st);
	if (dir < 0)
		return -1;
	if (listing_read(&l->list, dir, w->path, &by_name) < 0) {
		int error = errno;

		listing_free(&l->list);
		errno = error;
		return -1;
	}
	l->at = 0;
	l->n = n;
	w->depth++;
	return 0;
}

struct folder_walk *
folder_walk_begin(const char *dir)
{
	struct folder_walk *w = malloc(sizeof(*w)); /* not to be cleared */
	size_t n = strlen(dir);
	int error;

	if (w == NULL)
		return NULL;
	w->depth = 0;
	memcpy(w->path, dir, n + 1);
	while (n > 1 && w->path[n - 1] == '/')
		n--;
	w->top = n + 1;
	if (enter(w, n) == 0)
		return w;
	error = errno;
	free(w);
	errno = error;
	return NULL;
}

static void
left_out(const struct folder_walk *w, const char *why)
{
	log_warn("archive: %s is left out: %s", w->path, why);
}

/* Write the name of an entry to path.  Returns the bytes of all, or 0. */
static size_t
put_name(struct folder_walk *w, const struct level *l, const char *name)
{
	size_t n = l->n + 1 + strlen(name);

	if (n + 2 > sizeof(w->path))
		return 0;
	w->path[l->n] = '/';
	strcpy(w->path + l->n + 1, name);
	return n;
}

/* Enter a directory, or open a file.  Returns whether it can be shown. */
static bool
open_entry(struct folder_walk *w, const struct listing_entry *e, size_t n,
    struct stat *st, int *fd)
{
	*fd = -1;
	if (e->directory) {
		if (w->depth == FOLDER_DEPTH) {
			left_out(w, "it lies too deep");
			return false;
		}
		*st = (struct stat){ .st_mode = S_IFDIR | 0755,
			.st_mtim.tv_sec = e->modified };
		if (enter(w, n) == 0)
			return true;
	} else {
		/* What lies here by itself was looked at with its folder. */
		if (!e->link)
			*fd = path_open(site.root, w->path, site.links, st);
		if (*fd < 0)
			*fd = site_open(w->path, st);
		if (*fd >= 0 && S_ISREG(st->st_mode))
			return true;
		if (*fd >= 0)
			close(*fd);
	}
	left_out(w, *fd >= 0 ? "it is no file any more" : strerror(errno));
	return false;
}

bool
folder_walk_next(
    struct folder_walk *w, const char **name, struct stat *st, int *fd)
{
	while (w->depth > 0) {
		struct level *l = &w->level[w->depth - 1];
		const struct listing_entry *e;
		size_t n;

		if (l->at == l->list.n) {
			listing_free(&l->list);
			w->depth--;
			continue;
		}
		e = &l->list.entry[l->at++];
		n = put_name(w, l, listing_name(&l->list, e));
		if (n == 0) {
			left_out(w, strerror(ENAMETOOLONG));
		} else if (!(e->directory && e->link) &&
		    open_entry(w, e, n, st, fd)) {
			*name = w->path + w->top;
			return true;
		}
	}
	return false;
}

void
folder_walk_end(struct folder_walk *w)
{
	while (w->depth > 0)
		listing_free(&w->level[--w->depth].list);
	free(w);
}
