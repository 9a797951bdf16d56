/*
 * listing_read.h - read a directory, sorted.
 */
#ifndef LISTING_READ_H
#define LISTING_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum listing_key { BY_NAME, BY_SIZE, BY_DATE };

struct listing_entry {
	char *name;
	bool directory;
	uint64_t size;
	int64_t modified;
};

struct listing {
	struct listing_entry *entry;
	size_t n;
	bool cut; /* there were more */
};

/*
 * Read what may be seen of the directory dir (which it owns and closes) of the
 * name `name`, directories first and then by key.  What cannot be had is left
 * out: links that lead out or nowhere, Maildirs, what is neither file nor
 * directory.  Returns 0, or -1 with errno.  Free it
 * in either case.
 */
int listing_read(struct listing *, int dir, const char *name, enum listing_key,
    bool descending);
void listing_free(struct listing *);

#endif
