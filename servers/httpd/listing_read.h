/*
 * listing_read.h - read a directory, sorted.
 */
#ifndef LISTING_READ_H
#define LISTING_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/buf.h"

enum listing_key { BY_NAME, BY_SIZE, BY_DATE };

struct listing_entry {
	size_t name; /* where it is in names, with a NUL behind it */
	bool directory;
	bool link; /* what it leads to is told */
	uint64_t size;
	int64_t modified;
};

/* Some 60 bytes for each entry, however many there are. */
struct listing {
	struct listing_entry *entry;
	size_t n;
	struct buf names;
	size_t directories; /* of n */
	uint64_t bytes;     /* of all files */
};

/* What is wanted of it. */
struct listing_wish {
	enum listing_key key;
	bool descending;
	const char
	    *has; /* only names with this in them, in any case; or NULL */
};

/*
 * Read what may be seen of the directory dir (which it owns and closes) of the
 * name `name`, directories first and then by key.  What cannot be had is left
 * out: links that lead out or nowhere, Maildirs, what is neither file nor
 * directory.  Returns 0, or -1 with errno.  Free it in either case.
 */
int listing_read(
    struct listing *, int dir, const char *name, const struct listing_wish *);
void listing_free(struct listing *);

/*
 * The name of an entry.
 */
const char *listing_name(const struct listing *, const struct listing_entry *);

#endif
