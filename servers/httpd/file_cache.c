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
#include "system/clock.h"

#define FIELDS_MAX 2048
#define TICK_US    20000 /* longer than the tick of any file system in use */

static struct cached_file cache[FILE_CACHE_MAX];
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

	return !f->fresh && fstatat(f->root, f->name, &now, 0) == 0 &&
	    now.st_ino == f->st.st_ino && now.st_dev == f->st.st_dev &&
	    now.st_size == f->st.st_size &&
	    same_time(now.st_mtim, f->st.st_mtim) &&
	    same_time(now.st_ctim, f->st.st_ctim);
}

static void
empty(struct cached_file *f)
{
	if (f->name == NULL)
		return;
	free(f->name);
	f->name = NULL;
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	buf_free(&f->bytes);
	buf_free(&f->fields);
}

/* The place of this file, or the one that was used the longest ago. */
static struct cached_file *
find(int root, const char *name)
{
	struct cached_file *oldest = &cache[0];

	for (struct cached_file *f = cache; f < cache + FILE_CACHE_MAX; f++) {
		if (f->name != NULL && f->root == root &&
		    strcmp(f->name, name) == 0)
			return f;
		if (f->name == NULL || f->used < oldest->used)
			oldest = f;
		if (f->name == NULL)
			break;
	}
	empty(oldest);
	return oldest;
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

/* Does it get a tag?  Then it is read whole, whatever its extension weighs. */
static bool
is_tagged(const struct cached_file *f, const struct file_cache_manner *m)
{
	const char *type = mime_of_name(slice_of(f->name));

	return m->tag.n > 0 && m->coding == NULL && type != NULL &&
	    slice_starts(slice_of(type), "text/html") &&
	    f->st.st_size <= FILE_CACHE_PAGE;
}

/* What its extension says, or what its bytes look like. */
static void
find_type(struct cached_file *f, const struct file_cache_manner *m, int fd)
{
	static char first[MIME_LOOK_AT]; /* on the stack it is cleared */
	struct slice look = buf_slice(&f->bytes);

	f->guessed[0] = '\0';
	f->type = m->type != NULL ? m->type : mime_of_name(slice_of(f->name));
	if (f->type != NULL)
		return;
	if (f->fd >= 0) {
		ssize_t n = pread(fd, first, sizeof(first), 0);

		look = (struct slice){ first, n < 0 ? 0 : (size_t)n };
	}
	f->type = mime_guess(look, f->guessed);
}

/*
 * File systems tell the time in ticks: a file that changes twice within one
 * may look the same after both.  One that changed so lately is read anew at
 * each request.
 */
static bool
is_fresh(const struct stat *st)
{
	int64_t age = clock_wall_us() - st->st_mtim.tv_sec * 1000000 -
	    st->st_mtim.tv_nsec / 1000;

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

/*
 * The strong validator: a change of the file's bytes changes its time of
 * change, or its size, or it is another file.  While the time can not be
 * relied on the bytes themselves tell, or, for a large file, it is weak.
 */
static void
make_etag(struct cached_file *f, const struct file_cache_manner *m)
{
	const bool hashed = f->fresh && f->fd < 0;
	const uint64_t parts[] = { f->st.st_ino, (uint64_t)f->st.st_mtim.tv_sec,
		(uint64_t)f->st.st_mtim.tv_nsec, f->length,
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

/* Without printf, which costs a fresh child a dozen page faults. */
static void
add_field(struct buf *b, const char *name, const char *value)
{
	buf_addz(b, name);
	buf_addz(b, value);
	buf_add(b, "\r\n", 2);
}

static void
make_fields(struct cached_file *f, const struct file_cache_manner *m)
{
	char date[DATE_MAX_TEXT];
	struct buf *b = &f->fields;

	buf_init(b, FIELDS_MAX);
	date_http(f->st.st_mtim.tv_sec, date);
	add_field(b, "Last-Modified: ", date);
	add_field(b, "ETag: ", f->etag);
	add_field(b, "Cache-Control: ", m->cache_control);
	if (mime_is_squeezable(f->type))
		buf_addz(b, "Vary: Accept-Encoding\r\n");
	f->validators = b->n;
	buf_addz(b, "Accept-Ranges: bytes\r\n");
	if (m->coding != NULL)
		add_field(b, "Content-Encoding: ", m->coding);
	if (f->guessed[0] != '\0')
		buf_addz(b, "X-Content-Type-Options: nosniff\r\n");
	f->others = b->n;
	add_field(b, "Content-Type: ", f->type);
}

/* Take the open file fd in.  Returns 0, or -1 with errno. */
static int
fill(struct cached_file *f, int fd, const struct file_cache_manner *m)
{
	bool tagged = is_tagged(f, m);
	bool small = tagged || f->st.st_size <= FILE_CACHE_SMALL;

	if (S_ISDIR(f->st.st_mode) || !S_ISREG(f->st.st_mode)) {
		errno = S_ISDIR(f->st.st_mode) ? EISDIR : ENXIO;
		return -1;
	}
	f->fd = small ? -1 : fd;
	buf_init(&f->bytes, FILE_CACHE_PAGE + m->tag.n);
	if (small && read_small(f, fd) < 0)
		return -1;
	if (tagged)
		buf_adds(&f->bytes, m->tag);
	f->length = small ? f->bytes.n : (uint64_t)f->st.st_size;
	f->missing = 0;
	f->fresh = is_fresh(&f->st);
	find_type(f, m, fd);
	make_etag(f, m);
	make_fields(f, m);
	if (f->fields.failed) {
		errno = ENOMEM;
		return -1;
	}
	if (small)
		close(fd);
	return 0;
}

struct cached_file *
file_cache_get(int root, const char *name, const struct file_cache_manner *m)
{
	struct cached_file *f = find(root, name);
	int fd, error;

	f->used = ++requests;
	if (f->name != NULL) {
		if (is_unchanged(f))
			return f;
		empty(f);
	}
	fd = path_open(root, name, m->links, &f->st);
	if (fd < 0)
		return NULL;
	f->root = root;
	f->name = strdup(name);
	f->fd = -1;
	if (f->name != NULL && fill(f, fd, m) == 0)
		return f;
	error = f->name == NULL ? ENOMEM : errno;
	f->fd = -1;
	empty(f);
	close(fd);
	errno = error;
	return NULL;
}

struct http_validators
file_cache_validators(const struct cached_file *f)
{
	return (struct http_validators){ .etag = slice_of(f->etag),
		.modified = f->st.st_mtim.tv_sec,
		.now = clock_wall_s() };
}
