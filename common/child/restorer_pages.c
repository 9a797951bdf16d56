/*
 * restorer_pages.c - the way back to the memory that restorer_image.c knows.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "child/restorer_image.h"
#include "child/restorer_image_inside.h"
#include "sandbox/restored.h"

#define PAGE  IMAGE_PAGE
#define NEAR  ((size_t)64)  /* areas so near are looked at together */
#define LARGE ((size_t)512) /* pages of an area that has its own look */
#define LEAST ((size_t)48)  /* behind what is known, always looked at */

static uint64_t entry[IMAGE_LOOK];
static uint64_t bytes[IMAGE_RUN * SHAPES_WORDS];

/* What this page is to be. */
static const struct shaped *
content(const struct area *a, size_t page)
{
	static const struct shaped zeros;

	return page < a->known ? &a->page[page] : &zeros;
}

/*
 * May it have been written?  A child may write to no page that others have,
 * too: it gets a copy first, and that is a small page, for it has no huge
 * ones (restore.c).  Of a part of a huge page of the master's some kernels
 * (since 6.15, without CONFIG_PAGE_MAPCOUNT) say that others have it when
 * others have any of it; the child gets a copy by the same rule, so what it
 * has written is told as its own there, too.
 */
static bool
is_changed(const struct area *a, size_t page, uint64_t e)
{
	if (IMAGE_PRESENT(e))
		return !IMAGE_OF_FILE(e) && IMAGE_EXCLUSIVE(e);
	/* Not there: never was, or is elsewhere. */
	return IMAGE_SWAPPED(e) ||
	    (!a->of_file && shapes_has(content(a, page)));
}

static int
write_run(const struct area *a, size_t first, size_t n, int mem)
{
	for (size_t i = 0; i < n; i++)
		shapes_write(content(a, first + i), bytes + i * SHAPES_WORDS);
	return pwrite(mem, bytes, n * PAGE, (off_t)(a->start + first * PAGE)) ==
		(ssize_t)(n * PAGE) ?
	    0 :
	    -1;
}

/*
 * Most of a heap is never touched, and to look at each of its pages costs more
 * than all else.  Returns how many need looking at: all, where the kernel
 * cannot tell.
 */
static size_t
touched(const struct area *a, int pagemap)
{
	struct {
		uint64_t start, end, categories;
	} found;
	size_t least = a->known + LEAST;
	struct restored_scan scan = { .size = sizeof(scan),
		.start = a->start + least * PAGE,
		.end = a->start + a->pages * PAGE,
		.vec = (uint64_t)(uintptr_t)&found,
		.vec_len = 1,
		.category_anyof_mask = RESTORED_PRESENT | RESTORED_SWAPPED,
		.return_mask = RESTORED_PRESENT };

	if (a->of_file || a->pages <= 2 * least)
		return a->pages;
	return ioctl(pagemap, RESTORED_SCAN, &scan) == 0 &&
		scan.walk_end == scan.end ?
	    least :
	    a->pages;
}

/* Returns whether the child can copy this page by itself. */
static bool
let_copy(struct image *m, size_t area, size_t page)
{
	const struct area *a = &m->area[area];
	size_t lines = shapes_list(content(a, page), a->start + page * PAGE,
	    m->copy + m->copies, RESTORE_COPIES - 1 - m->copies);

	m->copies += lines;
	return lines > 0;
}

/* Returns whether there is room for what is to be written. */
static bool
remember(struct image *m, size_t area, size_t page)
{
	struct run *last = m->runs > 0 ? &m->run[m->runs - 1] : NULL;

	if (let_copy(m, area, page))
		return true;
	if (last != NULL && last->area == area &&
	    last->first + last->pages == page && last->pages < IMAGE_RUN) {
		last->pages++;
		return true;
	}
	if (m->runs == IMAGE_RUNS)
		return false;
	m->run[m->runs++] = (struct run){ area, page, 1 };
	return true;
}

/* e describes its first page.  Returns how many have changed, or -1. */
static long
look_at_area(struct image *m, size_t area, size_t pages, const uint64_t *e)
{
	const struct area *a = &m->area[area];
	long changed = 0;

	for (size_t i = 0; i < pages; i++) {
		if (!is_changed(a, i, e[i]) ||
		    a->start + i * PAGE == restore_list_address())
			continue;
		if (!remember(m, area, i))
			return -1;
		changed++;
	}
	return changed;
}

/*
 * Areas that are near each other are looked at together, from first on.
 * Returns the next one, and where that look ends.
 */
static size_t
together(const struct image *m, size_t first, uint64_t *end)
{
	uint64_t start = m->area[first].start;
	size_t next = first + 1;

	for (; next < m->areas; next++) {
		const struct area *a = &m->area[next];
		uint64_t to = a->start + a->pages * PAGE;

		if (a->start - *end > NEAR * PAGE ||
		    to - start > IMAGE_LOOK * PAGE || a->pages > LARGE)
			break;
		*end = to;
	}
	return next;
}

static int
look(struct image *m, int pagemap)
{
	long changed = 0;

	m->copies = m->runs = 0;
	for (size_t i = 0, next; i < m->areas; i = next) {
		const struct area *first = &m->area[i];
		bool large = first->pages > LARGE;
		size_t pages = large ? touched(first, pagemap) : first->pages;
		uint64_t end = first->start + pages * PAGE;

		next = large ? i + 1 : together(m, i, &end);
		if (image_look(pagemap, first->start,
			(end - first->start) / PAGE, entry) < 0)
			return -1;
		for (size_t k = i; k < next; k++) {
			const struct area *a = &m->area[k];
			long one = look_at_area(m, k, large ? pages : a->pages,
			    entry + (a->start - first->start) / PAGE);

			if (one < 0)
				return -1;
			changed += one;
		}
		if (changed > IMAGE_MOST)
			return -1;
	}
	m->copy[m->copies] = (struct restore_copy){ 0 };
	return 0;
}

/*
 * The list is written every time, for its page is the child's like all others.
 */
static int
write_list(const struct image *m, int mem)
{
	size_t n = (m->copies + 1) * sizeof(*m->copy);

	return pwrite(mem, m->copy, n, (off_t)restore_list_address()) ==
		(ssize_t)n ?
	    0 :
	    -1;
}

int
image_put_back(struct image *m, uint64_t faults, int mem, int pagemap)
{
	if (!m->is_looked || m->faults != faults) {
		m->is_looked = look(m, pagemap) == 0;
		if (!m->is_looked)
			return -1;
		m->faults = faults;
	}
	for (size_t i = 0; i < m->runs; i++) {
		const struct run *r = &m->run[i];

		if (write_run(&m->area[r->area], r->first, r->pages, mem) < 0)
			return -1;
	}
	return write_list(m, mem);
}
