/*
 * mime.c - what kind of file is it?
 */
#include "system/mime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/ascii.h"
#include "grammar/http_fields.h"
#include "system/log.h"
#include "system/mime_table.h"

#define EXT_MAX 16
#define OWN_MAX 64
static struct mime_row own[OWN_MAX];
static size_t own_count;

static void *base; /* libmagic's database, mapped */
static size_t base_size;
static magic_t magic; /* once it is loaded */

int
mime_add(const char *text)
{
	const char *equals = strchr(text, '=');
	struct slice type, rest;
	char *ext;

	if (equals == NULL || equals == text || own_count == OWN_MAX ||
	    strlen(equals + 1) >= MIME_MAX_TYPE)
		return -1;
	type = http_before_params(slice_of(equals + 1), &rest);
	rest = type;
	if (!http_is_token(slice_cut(&rest, '/')) || !http_is_token(rest))
		return -1;
	for (const char *p = equals; *p != '\0'; p++)
		if (ascii_is(*p, ASCII_CTL))
			return -1;
	text += text[0] == '.';
	ext = strndup(text, (size_t)(equals - text));
	if (ext == NULL)
		return -1;
	own[own_count++] = (struct mime_row){ ext, equals + 1 };
	return 0;
}

static int
compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct mime_row *)row)->ext);
}

const char *
mime_of_name(struct slice name)
{
	char ext[EXT_MAX];
	const char *dot = slice_rfind(name, '.');
	const struct mime_row *row;
	struct slice s;

	if (dot == NULL || dot == name.p || dot[-1] == '/')
		return NULL;
	s = slice_between(dot + 1, name.p + name.n);
	for (size_t i = 0; i < own_count; i++)
		if (slice_iis(s, own[i].ext))
			return own[i].type;
	if (slice_copy(s, ext, sizeof(ext)) < 0)
		return NULL;
	for (char *p = ext; *p != '\0'; p++)
		*p = ascii_lower(*p);
	row =
	    bsearch(ext, mime_table, mime_rows, sizeof(mime_table[0]), compare);
	return row == NULL ? NULL : row->type;
}

/* Have libmagic read the mapped database.  Returns whether it can be used. */
static bool
load(void)
{
	if (magic != NULL)
		return true;
	if (base == NULL)
		return false;
	magic = magic_open(MAGIC_MIME | MAGIC_NO_CHECK_COMPRESS |
	    MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF);
	if (magic != NULL &&
	    magic_load_buffers(magic, &base, &base_size, 1) == 0)
		return true;
	log_warn("libmagic: %s",
	    magic == NULL ? strerror(errno) : magic_error(magic));
	if (magic != NULL)
		magic_close(magic);
	magic = NULL;
	base = NULL;
	return false;
}

static bool
map_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at = MAP_FAILED;

	if (fd < 0)
		return false;
	/* Private and writable: libmagic may swap bytes in place. */
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		at = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return false;
	base = at;
	base_size = (size_t)st.st_size;
	return true;
}

/* Map the compiled database that libmagic would open. */
static bool
map(void)
{
	struct slice paths = slice_of(magic_getpath(NULL, 0));
	char path[PATH_MAX];

	while (paths.p != NULL) {
		struct slice one = slice_cut(&paths, ':');

		snprintf(path, sizeof(path), "%.*s.mgc", SLICE_FMT(one));
		if (map_file(path))
			return true;
	}
	return false;
}

void
mime_prepare(bool lazily)
{
	if (base != NULL)
		return;
	if (!map())
		log_warn("no database of libmagic: files without a known "
			 "extension are text or binary");
	else if (!lazily)
		load();
}

/* No NUL and no other control byte that text does not have. */
static bool
looks_like_text(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is(s.p[i], ASCII_CTL) &&
		    (s.p[i] < '\t' || s.p[i] > '\r') && s.p[i] != '\x1b')
			return false;
	return true;
}

/*
 * libmagic says "text/plain; charset=us-ascii": a charset is kept for text
 * only, and ASCII is told as the UTF-8 that it also is.
 */
static void
tidy(const char *said, char type[MIME_MAX_TYPE])
{
	struct slice rest = slice_of(said), charset;
	struct slice kind = slice_trim(slice_cut(&rest, ';'));

	rest = slice_trim(rest);
	slice_cut(&rest, '=');
	charset = slice_trim(rest);
	if (slice_is(charset, "us-ascii"))
		charset = (struct slice)SLICE("utf-8");
	if (!slice_starts(kind, "text/") || charset.n == 0 ||
	    slice_is(charset, "binary") || slice_starts(charset, "unknown"))
		snprintf(type, MIME_MAX_TYPE, "%.*s", SLICE_FMT(kind));
	else
		snprintf(type, MIME_MAX_TYPE, "%.*s; charset=%.*s",
		    SLICE_FMT(kind), SLICE_FMT(charset));
}

const char *
mime_guess(struct slice first, char type[MIME_MAX_TYPE])
{
	const char *said = NULL;

	if (first.n > MIME_LOOK_AT)
		first.n = MIME_LOOK_AT;
	if (first.n == 0)
		return strcpy(type, "text/plain" MIME_UTF8);
	if (load())
		said = magic_buffer(magic, first.p, first.n);
	if (said != NULL && strchr(said, '/') != NULL)
		tidy(said, type);
	else
		strcpy(type,
		    looks_like_text(first) ? "text/plain" MIME_UTF8 :
					     "application/"
					     "octet-stream");
	return type;
}

bool
mime_is_squeezable(const char *type)
{
	static const char *const ends[] = { "javascript", "json", "xml", "wasm",
		"yaml", "toml", "rtf", "x-icon", "bmp", "ttf", "otf",
		"ms-fontobject", "mpegurl", "x-tar" };
	struct slice rest, kind = http_before_params(slice_of(type), &rest);

	if (slice_starts(kind, "text/"))
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (slice_ends(kind, ends[i]))
			return true;
	return false;
}
