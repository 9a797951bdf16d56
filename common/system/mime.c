/*
 * mime.c - what kind of file is it?
 */
#include "system/mime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/ascii.h"
#include "grammar/http_fields.h"
#include "grammar/sniff.h"
#include "grammar/text_kind.h"
#include "system/mime_magic.h"
#include "system/mime_table.h"

#define EXT_MAX 16
#define OWN_MAX 64
static struct mime_row own[OWN_MAX];
static size_t own_count;

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

void
mime_prepare(enum mime_when when)
{
	mime_magic_prepare(when);
}

const char *
mime_guess(struct slice first, char type[MIME_MAX_TYPE])
{
	bool cut = first.n >= MIME_LOOK_AT;
	struct slice kind;
	const char *said;

	if (first.n == 0)
		return strcpy(type, plain);
	if (cut)
		first.n = MIME_LOOK_AT;
	said = sniff(first, cut);
	if (said == NULL)
		said = mime_magic(first);
	if (said == NULL || strchr(said, '/') == NULL)
		said = "application/octet-stream";
	kind = slice_of(said);
	return with_charset(kind,
	    slice_starts(kind, "text/") ? text_charset(first, cut) : NULL,
	    type);
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
