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
#include "grammar/text_kind.h"
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

static const struct mime_row *
row_of(struct slice name)
{
	char ext[EXT_MAX];
	const char *dot = slice_rfind(name, '.');
	struct slice s;

	if (dot == NULL || dot == name.p || dot[-1] == '/')
		return NULL;
	s = slice_between(dot + 1, name.p + name.n);
	for (size_t i = 0; i < own_count; i++)
		if (slice_iis(s, own[i].ext))
			return &own[i];
	if (slice_copy(s, ext, sizeof(ext)) < 0)
		return NULL;
	for (char *p = ext; *p != '\0'; p++)
		*p = ascii_lower(*p);
	return bsearch(
	    ext, mime_table, mime_rows, sizeof(mime_table[0]), compare);
}

static bool
is_own(const struct mime_row *row)
{
	return row >= own && row < own + own_count;
}

const char *
mime_of_name(struct slice name)
{
	const struct mime_row *row = row_of(name);

	return row == NULL ? NULL : row->type;
}

static const char plain[] = "text/plain" MIME_UTF8;

const char *
mime_to_show(struct slice name)
{
	static const char *const saved[] = { "application/yaml",
		"application/toml", "text/csv", "text/tab-separated-values",
		"text/markdown" };
	const struct mime_row *row = row_of(name);

	if (row == NULL || is_own(row))
		return row == NULL ? NULL : row->type;
	for (size_t i = 0; i < sizeof(saved) / sizeof(saved[0]); i++)
		if (slice_starts(slice_of(row->type), saved[i]))
			return plain;
	return row->type;
}

/* "text/html", with that charset if there is one. */
static const char *
with_charset(struct slice kind, const char *charset, char to[MIME_MAX_TYPE])
{
	snprintf(to, MIME_MAX_TYPE, "%.*s%s%s", SLICE_FMT(kind),
	    charset != NULL ? "; charset=" : "",
	    charset != NULL ? charset : "");
	return to;
}

static bool
is_own_type(const char *type)
{
	for (size_t i = 0; i < own_count; i++)
		if (own[i].type == type)
			return true;
	return false;
}

const char *
mime_judge(
    const char *type, struct slice first, bool cut, char to[MIME_MAX_TYPE])
{
	struct slice kind = slice_of(type);
	const char *charset;

	if (is_own_type(type))
		return type;
	/* TypeScript, or packets of 188 bytes that each begin with a G. */
	if (slice_is(kind, "video/mp2t") && text_is_plain(first)) {
		type = plain;
		kind = slice_of(plain);
	}
	if (!slice_ends(kind, MIME_UTF8))
		return type;
	charset = text_charset(first, cut);
	if (charset != NULL && strcmp(charset, "utf-8") == 0)
		return type;
	kind.n -= sizeof(MIME_UTF8) - 1;
	return with_charset(kind, charset, to);
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

/*
 * libmagic says "text/x-c; charset=us-ascii".  What it says of the charset is a
 * guess where it is neither ASCII nor UTF-8, and what it says of one byte is
 * nothing.
 */
static const char *
tidy(const char *said, struct slice first, bool cut, char type[MIME_MAX_TYPE])
{
	struct slice rest = slice_of(said);
	struct slice kind = slice_trim(slice_cut(&rest, ';'));

	if (slice_is(kind, "application/octet-stream") && text_is_plain(first))
		kind = (struct slice)SLICE("text/plain");
	return with_charset(kind,
	    slice_starts(kind, "text/") ? text_charset(first, cut) : NULL,
	    type);
}

const char *
mime_guess(struct slice first, char type[MIME_MAX_TYPE])
{
	const char *said = NULL;
	bool cut = first.n >= MIME_LOOK_AT;

	if (cut)
		first.n = MIME_LOOK_AT;
	if (first.n == 0)
		return strcpy(type, plain);
	if (text_is_json(first, cut))
		return strcpy(type, "application/json");
	if (load())
		said = magic_buffer(magic, first.p, first.n);
	if (said == NULL || strchr(said, '/') == NULL)
		said = "application/octet-stream";
	return tidy(said, first, cut, type);
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
