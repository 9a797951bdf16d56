/*
 * restorer_image_inside.h - what restorer_image.c, which learns a child's
 * memory, and restorer_pages.c, which puts it back, have in common.
 */
#ifndef RESTORER_IMAGE_INSIDE_H
#define RESTORER_IMAGE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "child/restore_point.h"
#include "child/restorer_shapes.h"

#define IMAGE_PAGE  ((size_t)4096)
#define IMAGE_AREAS 192
#define IMAGE_LOOK  ((size_t)8192) /* pages in one look at the pagemap */
#define IMAGE_RUN   ((size_t)32)   /* pages written at once */
#define IMAGE_RUNS  ((size_t)128)  /* and so many times */

/* One page, as the kernel describes it (Documentation/admin-guide/mm/
 * pagemap.rst). */
#define IMAGE_PRESENT(e)   (((e) >> 63 & 1) != 0)
#define IMAGE_SWAPPED(e)   (((e) >> 62 & 1) != 0)
#define IMAGE_OF_FILE(e)   (((e) >> 61 & 1) != 0)
#define IMAGE_EXCLUSIVE(e) (((e) >> 56 & 1) != 0)

struct area {
	uint64_t start;
	size_t pages;
	bool of_file;        /* what was never written is the file's */
	size_t known;        /* pages below this have contents; zeros above */
	struct shaped *page; /* of all these */
};

/* Neighbours that are written together. */
struct run {
	size_t area, first, pages;
};

struct image {
	size_t areas;
	struct area area[IMAGE_AREAS];
	/* What the last look has found, which is all there is as long as no
	 * more faults are counted: what the child copies by itself, and what
	 * is written into it. */
	bool is_looked;
	uint64_t faults;
	size_t copies;
	struct restore_copy copy[RESTORE_COPIES];
	size_t runs;
	struct run run[IMAGE_RUNS];
};

/*
 * Describe pages from start on, up to IMAGE_LOOK, in entry.  Returns 0 or -1.
 */
int image_look(int pagemap, uint64_t start, size_t pages, uint64_t *entry);

#endif
