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

#include "httpd/open.h"
#include "httpd/target.h"
#include "system/path.h"

#define NAMES_MAX ((size_t)1 << 28) /* bytes */

const char *
listing_name(const struct listing *l, const struct listing_entry *e)
{
	return l->names.p + e->name;
}

/* Add an entry.  Returns whether there was memory for it. */
static bool
add(struct listing *l, const struct listing_entry *e, const char *name)
{
	struct listing_entry *more;

	if (l->n == 0 || (l->n >= 64 && (l->n & (l->n - 1)) == 0)) {
		more = reallocarray(
		    l->entry, l->n == 0 ? 64 : l->n * 2, sizeof(*more));
		if (more == NULL)
			return false;
		l->entry = more;
	}
	l->entry[l->n] = *e;
	l->entry[l->n].name = l->names.n;
	buf_add(&l->names, name, strlen(name) + 1);
	if (l->names.failed)
		return false;
	l->n++;
	l->directories += e->directory;
	l->bytes += e->size;
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
	bool link;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	link = S_ISLNK(st.st_mode);
	if (link && !follow(base, name, &st))
		return false;
	if ((!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) ||
	    (S_ISDIR(st.st_mode) && path_is_maildir(dir, name)))
		return false;
	*e = (struct listing_entry){ .directory = S_ISDIR(st.st_mode),
		.link = link,
		.size = S_ISDIR(st.st_mode) ? 0 : (uint64_t)st.st_size,
		.modified = st.st_mtim.tv_sec };
	return true;
}

static int
read_all(struct listing *l, DIR *d, const char *base, const char *has)
{
	struct dirent *at;

	while ((errno = 0, at = readdir(d)) != NULL) {
		struct listing_entry e;

		if (strcmp(at->d_name, ".") == 0 ||
		    strcmp(at->d_name, "..") == 0 ||
		    (has != NULL && strcasestr(at->d_name, has) == NULL) ||
		    !target_may_show(base, slice_of(at->d_name)) ||
		    !look_at(dirfd(d), base, at->d_name, &e))
			continue;
		if (!add(l, &e, at->d_name)) {
			errno = ENOMEM;
			return -1;
		}
	}
	return errno == 0 ? 0 : -1;
}

/* How two entries are to be ordered. */
struct order {
	const struct listing *l;
	const struct listing_wish *wish;
};

static int
compare(const void *one, const void *two, void *how)
{
	const struct listing_entry *a = one, *b = two;
	const struct order *o = how;
	const char *name = listing_name(o->l, a);
	const char *other = listing_name(o->l, b);
	int by = 0;

	if (a->directory != b->directory)
		return a->directory ? -1 : 1;
	if (o->wish->key == BY_SIZE)
		by = (a->size > b->size) - (a->size < b->size);
	else if (o->wish->key == BY_DATE)
		by = (a->modified > b->modified) - (a->modified < b->modified);
	if (by == 0)
		by = strcasecmp(name, other);
	if (by == 0)
		by = strcmp(name, other);
	return o->wish->descending ? -by : by;
}

int
listing_read(struct listing *l, int dir, const char *name,
    const struct listing_wish *wish)
{
	struct order order = { l, wish };
	DIR *d = fdopendir(dir);
	int status, error;

	*l = (struct listing){ 0 };
	buf_init(&l->names, NAMES_MAX);
	if (d == NULL) {
		error = errno;
		close(dir);
		errno = error;
		return -1;
	}
	status = read_all(l, d, name, wish->has);
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
	free(l->entry);
	buf_free(&l->names);
	*l = (struct listing){ 0 };
}
