/*
 * assets.h - the files of the inbox's page, inside the program.
 *
 * servers/inboxd/page/ and openapi.json are linked in as they are, so the
 * program is one file and its page cannot be another version's.
 */
#ifndef ASSETS_H
#define ASSETS_H

#include "bytes/slice.h"

struct asset {
	const char *path; /* in URLs: "/style.css" */
	const char *type; /* Content-Type */
	struct slice bytes;
	const char *etag;   /* strong, with its quotes */
	struct slice lines; /* of its head: ETag, Cache-Control */
};

/*
 * Before the first fork: make the table.
 */
void assets_prepare(void);

/*
 * The asset of this path ("/" is index.html), or NULL.
 */
const struct asset *assets_find(struct slice path);

#endif
