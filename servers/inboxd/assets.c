/*
 * assets.c - the files of the inbox's page, inside the program.
 */
#include "inboxd/assets.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "system/mime.h"

#define FILES_MAX 64

/* Made by tests/tools/embed from servers/inboxd/page/. */
extern const struct {
	const char *name, *begin, *end;
} assets_page[];

static struct {
	struct asset asset;
	char path[64], etag[24], lines[80];
} table[FILES_MAX];
static size_t count;

/* FNV-1a: a name for these very bytes, which nobody tries to forge. */
static uint64_t
hash(struct slice s)
{
	uint64_t h = 0xcbf29ce484222325U;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3U;
	return h;
}

void
assets_prepare(void)
{
	for (count = 0; count < FILES_MAX; count++) {
		const char *name = assets_page[count].name;
		struct asset *a = &table[count].asset;

		if (name == NULL)
			return;
		a->bytes = slice_between(
		    assets_page[count].begin, assets_page[count].end);
		a->type = mime_of_name(slice_of(name));
		snprintf(table[count].path, sizeof(table[count].path), "/%s",
		    strcmp(name, "index.html") == 0 ? "" : name);
		snprintf(table[count].etag, sizeof(table[count].etag),
		    "\"%016jx\"", (uintmax_t)hash(a->bytes));
		a->path = table[count].path;
		a->etag = table[count].etag;
		snprintf(table[count].lines, sizeof(table[count].lines),
		    "ETag: \"%016jx\"\r\nCache-Control: no-cache\r\n",
		    (uintmax_t)hash(a->bytes));
		a->lines = slice_of(table[count].lines);
	}
}

const struct asset *
assets_find(struct slice path)
{
	for (size_t i = 0; i < count; i++)
		if (slice_is(path, table[i].path))
			return &table[i].asset;
	return NULL;
}
