/*
 * cached_tell.c - what is told of a file: its validators and other fields.
 */
#include "httpd/cached_tell.h"

#include <assert.h>
#include <string.h>

#include "bytes/date.h"
#include "bytes/num.h"
#include "system/clock.h"
#include "system/mime.h"

#define FIELDS_MAX 2048

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
void
cached_tell_etag(struct cached_file *f, const struct cached_file_manner *m)
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

void
cached_tell(struct cached_file *f, const struct cached_file_manner *m)
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
	/* A part of what is made anew each time is a part of nothing. */
	if (!f->made)
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
}

void
cached_tell_compressed_etag(const struct cached_file *plain, const char *coding,
    char to[CACHED_FILE_ETAG_MAX])
{
	struct slice e = slice_of(plain->etag);

	if (!slice_starts(e, "W/"))
		to = stpcpy(to, "W/");
	to = stpncpy(to, e.p, e.n - 1); /* without the quote */
	*to++ = '~';
	to = stpncpy(to, coding, CODING_MAX);
	strcpy(to, "\"");
}
