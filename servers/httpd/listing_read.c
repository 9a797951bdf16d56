/*
 * listing_read.c - read a directory, sorted.
 */
#include "httpd/listing_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd/listing.h"
#include "httpd/open.h"
#include "httpd/target.h"
#include "system/path.h"

struct order {
	enum listing_key key;
	bool descending;
};

static bool
grow(struct listing *l)
{
	size_t room = l->n == 0 ? 64 : l->n * 2;
	struct listing_entry *more;

	if (l->n != 0 && (l->n < 64 || (l->n & (l->n - 1)) != 0))
		return true;
	more = reallocarray(l->entry, room, sizeof(*more));
	if (more == NULL)
		return false;
	l->entry = more;
	return true;
}

/* What a link stands for, seen as one who asks for it sees it. */
static bool
follow(const char *base, const char *name, struct stat *st)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", base, name) >=
	    (int)sizeof(path))
		return false;
	fd = site_open(path, st);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
look_at(int dir, const char *base, const char *name, struct listing_entry *e)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (S_ISLNK(st.st_mode) && !follow(base, name, &st))
		return false;
	if ((!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) ||
	    (S_ISDIR(st.st_mode) && path_is_maildir(dir, name)))
		return false;
	*e = (struct listing_entry){ .directory = S_ISDIR(st.st_mode),
		.size = S_ISDIR(st.st_mode) ? 0 : (uint64_t)st.st_size,
		.modified = st.st_mtim.tv_sec };
	return true;
}

static int
read_all(struct listing *l, DIR *d, const char *base)
{
	struct dirent *at;

	while ((errno = 0, at = readdir(d)) != NULL) {
		struct listing_entry e;

		if (strcmp(at->d_name, ".") == 0 ||
		    strcmp(at->d_name, "..") == 0 ||
		    !target_may_show(slice_of(at->d_name)) ||
		    !look_at(dirfd(d), base, at->d_name, &e))
			continue;
		if (l->n == LISTING_MAX) {
			l->cut = true;
			return 0;
		}
		e.name = grow(l) ? strdup(at->d_name) : NULL;
		if (e.name == NULL) {
			errno = ENOMEM;
			return -1;
		}
		l->entry[l->n++] = e;
	}
	return errno == 0 ? 0 : -1;
}

static int
sign(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare(const void *one, const void *two, void *how)
{
	const struct listing_entry *a = one, *b = two;
	const struct order *o = how;
	int by = 0;

	if (a->directory != b->directory)
		return a->directory ? -1 : 1;
	if (o->key == BY_SIZE)
		by = sign((int64_t)a->size, (int64_t)b->size);
	else if (o->key == BY_DATE)
		by = sign(a->modified, b->modified);
	if (by == 0)
		by = strcasecmp(a->name, b->name);
	if (by == 0)
		by = strcmp(a->name, b->name);
	return o->descending ? -by : by;
}

int
listing_read(struct listing *l, int dir, const char *name, enum listing_key key,
    bool descending)
{
	struct order order = { key, descending };
	DIR *d = fdopendir(dir);
	int status, error;

	*l = (struct listing){ NULL, 0, false };
	if (d == NULL) {
		error = errno;
		close(dir);
		errno = error;
		return -1;
	}
	status = read_all(l, d, name);
	error = errno;
	closedir(d);
	if (l->n > 1)
		qsort_r(l->entry, l->n, sizeof(*l->entry), compare, &order);
	errno = error;
	return status;
}

void
listing_free(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->entry[i].name);
	free(l->entry);
	*l = (struct listing){ NULL, 0, false };
}
