/*
 * file_cache.c - files that have been served on this connection, kept at hand.
 */
#include "httpd/file_cache.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/date.h"
#include "bytes/num.h"
#include "httpd/open.h"
#include "httpd/site.h"
#include "system/clock.h"

#define FIELDS_MAX 2048
#define TICK_US    20000 /* longer than the tick of any file system in use */

static struct cached_file *cache[FILE_CACHE_MAX];
static uint64_t requests;

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

static void
forget(struct cached_file *f)
{
	free(f->name);
	if (f->fd >= 0)
		close(f->fd);
	buf_free(&f->bytes);
	buf_free(&f->fields);
	free(f);
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
		forget(f);
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

/* Read a small file whole.  Returns 0, or -1 with errno. */
static int
read_small(struct cached_file *f, int fd)
{
	size_t size = (size_t)f->st.st_size;
	char *to;

	while (f->bytes.n < size) {
		ssize_t n;

		to = buf_room(&f->bytes, size - f->bytes.n);
		if (to == NULL) {
			errno = ENOMEM;
			return -1;
		}
		n = pread(fd, to, size - f->bytes.n, (off_t)f->bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break; /* it has shrunk: this is all there is */
		buf_grew(&f->bytes, (size_t)n);
	}
	f->st.st_size = (off_t)f->bytes.n;
	return 0;
}

/* What its extension and its bytes say. */
static const char *
find_type(struct cached_file *f, const struct file_cache_manner *m, int fd)
{
	static char first[FILE_CACHE_SMALL]; /* on the stack it is cleared */
	const char *type = mime_to_show(slice_of(f->name));
	struct slice look = buf_slice(&f->bytes);
	bool cut = false;

	if (m->type != NULL)
		return m->type;
	if (f->fd >= 0) {
		size_t most = type != NULL ? sizeof(first) : MIME_LOOK_AT;
		ssize_t n = pread(fd, first, most, 0);

		look = (struct slice){ first, n < 0 ? 0 : (size_t)n };
		cut = f->st.st_size > n;
	}
	f->guessed = type == NULL;
	return type != NULL ? mime_judge(type, look, cut, f->type) :
			      mime_guess(look, f->type);
}

/*
 * File systems tell the time in ticks: a file that changes twice within one
 * may look the same after both.  One that changed so lately is read anew at
 * each request.  The time of the last change of anything, for the other can be
 * set to whatever its owner likes.
 */
static bool
is_fresh(const struct stat *st)
{
	int64_t age = clock_wall_us() - st->st_ctim.tv_sec * 1000000 -
	    st->st_ctim.tv_nsec / 1000;

	return age > -TICK_US && age < TICK_US;
}

/* FNV-1a: tells two texts apart, keeps no secrets. */
static uint64_t
hash(struct slice s)
{
	uint64_t h = 0xcbf29ce484222325U;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3U;
	return h;
}

static uint64_t
nanoseconds(struct timespec t)
{
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/*
 * The strong validator: a change of the file's bytes changes its time of
 * change, or it is another file.  While the time can not be relied on the bytes
 * themselves tell, or, for a large file, it is weak.  Builds that can be
 * reproduced give all files one time of modification, so that alone says
 * little.
 */
static void
make_etag(struct cached_file *f, const struct file_cache_manner *m)
{
	const bool hashed = f->fresh && f->fd < 0;
	const uint64_t parts[] = { f->st.st_ino, nanoseconds(f->st.st_mtim),
		nanoseconds(f->st.st_ctim), f->content.length,
		hashed ? hash(buf_slice(&f->bytes)) : 0 };
	static const char before[] = "\"-.-.";
	char *to = f->etag;

	static_assert(sizeof(f->etag) >= 4 + 5 * 17 + CODING_MAX + 2,
	    "an entity tag fits");
	if (f->fresh && !hashed)
		to = stpcpy(to, "W/");
	for (size_t i = 0; i < (hashed ? 5 : 4); i++) {
		*to++ = before[i];
		to += num_hex_text(parts[i], to);
	}
	if (m->coding != NULL) {
		*to++ = '-';
		to = stpncpy(to, m->coding, CODING_MAX);
	}
	*to++ = '"';
	*to = '\0';
}

static void
release(void *f)
{
	file_cache_release(f);
}

/* Without printf, which costs a fresh child a dozen page faults. */
static void
add_field(struct buf *b, const char *name, const char *value)
{
	buf_addz(b, name);
	buf_addz(b, value);
	buf_add(b, "\r\n", 2);
}

/* See precompressed.c: there may be copies, or it may be shown unfolded. */
static bool
depends_on_codings(const char *type)
{
	struct slice s = slice_of(type);

	return mime_is_squeezable(type) || slice_is(s, "application/gzip") ||
	    slice_is(s, "application/zstd") ||
	    slice_is(s, "application/x-brotli");
}

static void
make_content(struct cached_file *f, const struct file_cache_manner *m)
{
	struct web_content *c = &f->content;
	char date[DATE_MAX_TEXT];
	struct buf *b = &f->fields;
	int64_t modified = f->st.st_mtim.tv_sec, now = clock_wall_s();
	size_t validators;

	/* RFC 9110 8.8.2.1: never later than the reply's own date. */
	if (modified > now)
		modified = now;

	buf_init(b, FIELDS_MAX);
	date_http(modified, date);
	add_field(b, "Last-Modified: ", date);
	add_field(b, "ETag: ", f->etag);
	add_field(b, "Cache-Control: ", m->cache_control);
	if (depends_on_codings(c->type))
		buf_addz(b, "Vary: Accept-Encoding\r\n");
	validators = b->n;
	buf_addz(b, "Accept-Ranges: bytes\r\n");
	if (m->coding != NULL)
		add_field(b, "Content-Encoding: ", m->coding);
	if (f->guessed)
		buf_addz(b, "X-Content-Type-Options: nosniff\r\n");
	c->lines = (struct slice){ b->p, validators };
	c->more = slice_from(buf_slice(b), validators);
	c->bytes = buf_slice(&f->bytes);
	c->file = f->fd;
	c->validators.etag = slice_of(f->etag);
	c->validators.modified = modified;
	c->done = release;
	c->own = f;
}

/* Take the open file fd in.  Returns 0, or -1 with errno. */
static int
fill(struct cached_file *f, int fd, const struct file_cache_manner *m)
{
	bool small = f->st.st_size <= FILE_CACHE_SMALL;

	if (S_ISDIR(f->st.st_mode) || !S_ISREG(f->st.st_mode)) {
		errno = S_ISDIR(f->st.st_mode) ? EISDIR : ENXIO;
		return -1;
	}
	f->fd = small ? -1 : fd;
	buf_init(&f->bytes, FILE_CACHE_SMALL);
	if (small && read_small(f, fd) < 0)
		return -1;
	f->content.length = small ? f->bytes.n : (uint64_t)f->st.st_size;
	f->fresh = is_fresh(&f->st);
	f->content.type = find_type(f, m, fd);
	make_etag(f, m);
	make_content(f, m);
	if (f->fields.failed) {
		errno = ENOMEM;
		return -1;
	}
	if (small)
		close(fd);
	return 0;
}

/* Open it and read what there is to know.  Returns NULL with errno. */
static struct cached_file *
take_in(const char *name, const struct file_cache_manner *m)
{
	struct cached_file *f;
	struct stat st;
	int fd = site_open(name, &st), error;

	if (fd < 0)
		return NULL;
	f = calloc(1, sizeof(*f));
	if (f == NULL) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	f->root = site.root;
	f->coding = m->coding;
	f->st = st;
	f->fd = -1;
	f->name = strdup(name);
	if (f->name != NULL && fill(f, fd, m) == 0)
		return f;
	error = f->name == NULL ? ENOMEM : errno;
	f->fd = -1;
	forget(f);
	close(fd);
	errno = error;
	return NULL;
}

struct cached_file *
file_cache_get(const char *name, const struct file_cache_manner *m)
{
	struct cached_file **place = find(name, m->coding), *f = *place;

	if (f == NULL || !is_it(f, name, m->coding) || !is_unchanged(f)) {
		f = take_in(name, m);
		/* What was there before is of no use in either case. */
		drop(place);
		if (f == NULL)
			return NULL;
		*place = f;
		f->kept = true;
	}
	f->used = ++requests;
	f->users++;
	f->content.validators.now = clock_wall_s();
	return f;
}

void
file_cache_release(struct cached_file *f)
{
	if (--f->users == 0 && !f->kept)
		forget(f);
}
