/*
 * cached_file.c - one file as it is shown: its bytes, type, validators, and
 * the field lines that tell of them.
 */
#include "httpd/cached_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "httpd/cached_tell.h"
#include "httpd/open.h"
#include "httpd/site.h"
#include "system/clock.h"

#define TICK_US 20000 /* longer than the tick of any file system in use */

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
find_type(struct cached_file *f, const struct cached_file_manner *m, int fd)
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

static void
release(void *f)
{
	cached_file_release(f);
}

static void
tell(struct cached_file *f, const struct cached_file_manner *m)
{
	cached_tell(f, m);
	f->content.done = release;
	f->content.own = f;
}

/* Take the open file fd in.  Returns 0, or -1 with errno. */
static int
fill(struct cached_file *f, int fd, const struct cached_file_manner *m)
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
	cached_tell_etag(f, m);
	tell(f, m);
	if (f->fields.failed) {
		errno = ENOMEM;
		return -1;
	}
	if (small)
		close(fd);
	return 0;
}

static struct cached_file *
make(const char *name, const struct stat *st, const char *coding)
{
	struct cached_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->root = site.root;
	f->coding = coding;
	f->st = *st;
	f->fd = -1;
	f->name = strdup(name);
	if (f->name != NULL)
		return f;
	free(f);
	return NULL;
}

void
cached_file_free(struct cached_file *f)
{
	free(f->name);
	if (f->fd >= 0)
		close(f->fd);
	buf_free(&f->bytes);
	buf_free(&f->fields);
	free(f);
}

struct cached_file *
cached_file_open(const char *name, const struct cached_file_manner *m)
{
	struct cached_file *f;
	struct stat st;
	int fd = site_open(name, &st), error;

	if (fd < 0)
		return NULL;
	f = make(name, &st, m->coding);
	if (f == NULL) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	if (fill(f, fd, m) == 0)
		return f;
	error = errno;
	f->fd = -1;
	cached_file_free(f);
	close(fd);
	errno = error;
	return NULL;
}

struct cached_file *
cached_file_of_compressed(
    const struct cached_file *plain, const char *coding, struct buf *bytes)
{
	const struct cached_file_manner m = {
		.cache_control = site.cache_control, .coding = coding
	};
	struct cached_file *f = make(plain->name, &plain->st, coding);

	if (f == NULL)
		return NULL;
	f->bytes = *bytes;
	buf_init(bytes, bytes->max);
	f->made = true;
	f->fresh = plain->fresh;
	f->guessed = plain->guessed;
	f->content.length = f->bytes.n;
	f->content.type = plain->content.type;
	if (plain->content.type == plain->type)
		f->content.type = strcpy(f->type, plain->type);
	cached_tell_compressed_etag(plain, coding, f->etag);
	tell(f, &m);
	if (!f->fields.failed)
		return f;
	cached_file_free(f);
	return NULL;
}

void
cached_file_release(struct cached_file *f)
{
	if (--f->users == 0 && !f->kept)
		cached_file_free(f);
}
