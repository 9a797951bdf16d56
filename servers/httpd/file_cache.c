/*
 * file_cache.c - files that have been served on this connection, kept at hand.
 */
#include "httpd/file_cache.h"

#include <string.h>
#include <sys/stat.h>

#include "httpd/site.h"
#include "system/clock.h"
#include "system/pages.h"

static PAGES_TOGETHER struct cached_file *cache[FILE_CACHE_MAX];
static PAGES_TOGETHER uint64_t requests;

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
is_unchanged(const struct cached_file *f)
{
	struct stat now;

	return !f->fresh && fstatat(site.root, f->name, &now, 0) == 0 &&
	    now.st_ino == f->st.st_ino && now.st_dev == f->st.st_dev &&
	    now.st_size == f->st.st_size &&
	    same_time(now.st_mtim, f->st.st_mtim) &&
	    same_time(now.st_ctim, f->st.st_ctim);
}

/* Out of the cache; who holds it may go on to do so. */
static void
drop(struct cached_file **place)
{
	struct cached_file *f = *place;

	*place = NULL;
	if (f == NULL)
		return;
	f->kept = false;
	if (f->users == 0)
		cached_file_free(f);
}

static bool
is_it(const struct cached_file *f, const char *name, const char *coding)
{
	return f->root == site.root && f->coding == coding &&
	    strcmp(f->name, name) == 0;
}

/*
 * The place of this file, or an empty one, or that of the one that was used the
 * longest ago.
 */
static struct cached_file **
find(const char *name, const char *coding)
{
	struct cached_file **best = NULL, **at;

	for (at = cache; at < cache + FILE_CACHE_MAX; at++) {
		if (*at == NULL) {
			best = at;
			continue;
		}
		if (is_it(*at, name, coding))
			return at;
		if (best == NULL ||
		    (*best != NULL && (*at)->used < (*best)->used))
			best = at;
	}
	return best;
}

static struct cached_file *
hold(struct cached_file *f)
{
	f->used = ++requests;
	f->users++;
	f->content.validators.now = clock_wall_s();
	return f;
}

static size_t
bytes_made(void)
{
	size_t n = 0;

	for (size_t i = 0; i < FILE_CACHE_MAX; i++)
		if (cache[i] != NULL && cache[i]->made)
			n += cache[i]->bytes.n;
	return n;
}

struct cached_file *
file_cache_get(const char *name, const struct cached_file_manner *m)
{
	struct cached_file **place = find(name, m->coding), *f = *place;

	if (f == NULL || !is_it(f, name, m->coding) || !is_unchanged(f)) {
		f = cached_file_open(name, m);
		/* What was there before is of no use in either case. */
		drop(place);
		if (f == NULL)
			return NULL;
		*place = f;
		f->kept = true;
	}
	return hold(f);
}

struct cached_file *
file_cache_get_made(const char *name, const char *coding)
{
	struct cached_file **place = find(name, coding), *f = *place;

	if (f == NULL || !is_it(f, name, coding))
		return NULL;
	if (is_unchanged(f))
		return hold(f);
	drop(place);
	return NULL;
}

void
file_cache_keep_made(struct cached_file *f)
{
	struct cached_file **place = find(f->name, f->coding);

	hold(f);
	if (bytes_made() + f->bytes.n > FILE_CACHE_MADE)
		return;
	drop(place);
	*place = f;
	f->kept = true;
}
