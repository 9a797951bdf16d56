/*
 * restorer_image_inside.h - what restorer_image.c, which learns a child's
 * memory, and restorer_pages.c, which puts it back, have in common.
 */
#ifndef RESTORER_IMAGE_INSIDE_H
#define RESTORER_IMAGE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_PAGE  ((size_t)4096)
#define IMAGE_AREAS 192
#define IMAGE_LOOK  ((size_t)8192) /* pages in one look at the pagemap */
#define IMAGE_RUN   ((size_t)32)   /* pages written at once */
#define IMAGE_RUNS  ((size_t)96)   /* so many of them are remembered */

/* One page, as the kernel describes it (Documentation/admin-guide/mm/
 * pagemap.rst). */
#define IMAGE_PRESENT(e)   (((e) >> 63 & 1) != 0)
#define IMAGE_SWAPPED(e)   (((e) >> 62 & 1) != 0)
#define IMAGE_OF_FILE(e)   (((e) >> 61 & 1) != 0)
#define IMAGE_EXCLUSIVE(e) (((e) >> 56 & 1) != 0)

struct area {
	uint64_t start;
	size_t pages;
	bool of_file;         /* what was never written is the file's */
	size_t known;         /* pages below this have contents ... */
	const char **content; /* ... or NULL: zeros, or the file's */
	char *mine;           /* which of them nobody shares: one byte each */
};

/* Neighbours that are written together. */
struct run {
	size_t area, first, pages;
};

struct image {
	size_t areas;
	struct area area[IMAGE_AREAS];
	/* What the last look has found, if that can be said in so few words:
	 * all that there is as long as no more faults are counted. */
	bool is_looked;
	uint64_t faults;
	size_t runs;
	struct run run[IMAGE_RUNS];
};

/*
 * Describe pages from start on, up to IMAGE_LOOK, in entry.  Returns 0 or -1.
 */
int image_look(int pagemap, uint64_t start, size_t pages, uint64_t *entry);

#endif
