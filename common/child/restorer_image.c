/*
 * restorer_image.c - the memory of a child before its first client.
 */
#include "child/restorer_image.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sandbox/restored.h"

#define PAGE      ((size_t)4096)
#define AREAS     192
#define MAPS_MAX  ((size_t)64 << 10)
#define LOOK_MOST ((size_t)8192) /* pages in one look at the pagemap */
#define NEAR      ((size_t)1024) /* areas so near are looked at together */
#define LARGE     ((size_t)512)  /* pages of an area that has its own look */
#define LEAST     ((size_t)48)   /* behind what is known, always looked at */
#define RUN       ((size_t)32)   /* pages written at once */

/* One page, as the kernel describes it (Documentation/admin-guide/mm/
 * pagemap.rst). */
#define PRESENT(e)   (((e) >> 63 & 1) != 0)
#define SWAPPED(e)   (((e) >> 62 & 1) != 0)
#define OF_FILE(e)   (((e) >> 61 & 1) != 0)
#define EXCLUSIVE(e) (((e) >> 56 & 1) != 0)

struct area {
	uint64_t start;
	size_t pages;
	bool of_file;         /* what was never written is the file's */
	size_t known;         /* pages below this have contents ... */
	const char **content; /* ... or NULL: zeros, or the file's */
	char *mine;           /* which of them nobody shares: one byte each */
};

struct image {
	size_t areas;
	struct area area[AREAS];
};

static struct image *reference; /* the first one; never freed */
static uint64_t entry[LOOK_MOST];
static char bytes[RUN * PAGE];

static int
look(int pagemap, uint64_t start, size_t pages)
{
	size_t n = pages * sizeof(*entry);

	return pread(pagemap, entry, n,
		   (off_t)(start / PAGE * sizeof(*entry))) == (ssize_t)n ?
	    0 :
	    -1;
}

static bool
is_page(const char *a, const char *b)
{
	return memcmp(a, b, PAGE) == 0;
}

/* What the same page was in the first child. */
static const char *
known_already(size_t area, uint64_t start, size_t page)
{
	const struct area *a;

	if (reference == NULL || area >= reference->areas)
		return NULL;
	a = &reference->area[area];
	return a->start == start && page < a->known ? a->content[page] : NULL;
}

static int
keep_page(struct image *m, size_t area, size_t page, int mem)
{
	static const char zeros[4096];
	struct area *a = &m->area[area];
	const char *other;
	char *copy;

	if (pread(mem, bytes, PAGE, (off_t)(a->start + page * PAGE)) !=
	    (ssize_t)PAGE)
		return -1;
	if (!a->of_file && is_page(bytes, zeros))
		return 0;
	other = known_already(area, a->start, page);
	if (other != NULL && is_page(bytes, other)) {
		a->content[page] = other;
		return 0;
	}
	copy = malloc(PAGE);
	if (copy == NULL)
		return -1;
	memcpy(copy, bytes, PAGE);
	a->content[page] = copy;
	a->mine[page] = 1;
	return 0;
}

/* Pages above the last that has contents are zeros, if anything. */
static int
take_area(struct image *m, size_t area, int mem, int pagemap)
{
	struct area *a = &m->area[area];

	if (a->pages > LOOK_MOST) {
		errno = ENOTSUP;
		return -1;
	}
	if (look(pagemap, a->start, a->pages) < 0)
		return -1;
	a->known = a->pages;
	while (!a->of_file && a->known > 0 && !PRESENT(entry[a->known - 1]) &&
	    !SWAPPED(entry[a->known - 1]))
		a->known--;
	if (a->known == 0)
		return 0;
	a->content = calloc(a->known, sizeof(*a->content));
	a->mine = calloc(a->known, 1);
	if (a->content == NULL || a->mine == NULL)
		return -1;
	for (size_t i = 0; i < a->known; i++)
		if ((a->of_file || PRESENT(entry[i]) || SWAPPED(entry[i])) &&
		    keep_page(m, area, i, mem) < 0)
			return -1;
	return 0;
}

/*
 * One line of maps.  Memory that is written and shared is the tally alone
 * (service/scoreboard.h), which nobody believes.
 */
static int
add_area(struct image *m, const char *line)
{
	unsigned long from, to, inode;
	char mode[8];

	/* NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers */
	if (sscanf(line, "%lx-%lx %7s %*s %*s %lu", &from, &to, mode, &inode) !=
	    4) {
		errno = EPROTO;
		return -1;
	}
	if (mode[1] != 'w')
		return 0;
	if (mode[3] == 's' && strstr(line, "/memfd:berth-tally") != NULL)
		return 0;
	if (mode[3] == 's' || mode[2] == 'x' || m->areas == AREAS) {
		errno = ENOTSUP;
		return -1;
	}
	m->area[m->areas++] = (struct area){ .start = from,
		.pages = (to - from) / PAGE,
		.of_file = inode != 0 };
	return 0;
}

static int
find_areas(struct image *m, int maps)
{
	static char text[MAPS_MAX];
	size_t n = 0;
	ssize_t got;
	char *at = text, *end;

	while (n < sizeof(text) - 1 &&
	    (got = read(maps, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	if (n == 0 || n == sizeof(text) - 1) {
		errno = EPROTO;
		return -1;
	}
	text[n] = '\0';
	for (; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		if (add_area(m, at) < 0)
			return -1;
	}
	return 0;
}

void
image_free(struct image *m)
{
	if (m == NULL || m == reference)
		return;
	for (size_t i = 0; i < m->areas; i++) {
		struct area *a = &m->area[i];

		for (size_t k = 0; a->mine != NULL && k < a->known; k++)
			if (a->mine[k])
				free((char *)a->content[k]);
		free(a->content);
		free(a->mine);
	}
	free(m);
}

struct image *
image_take(int mem, int pagemap, int maps)
{
	struct image *m = calloc(1, sizeof(*m));
	int done = m == NULL ? -1 : find_areas(m, maps);

	for (size_t i = 0; done == 0 && i < m->areas; i++)
		done = take_area(m, i, mem, pagemap);
	if (done < 0) {
		image_free(m);
		return NULL;
	}
	if (reference == NULL)
		reference = m;
	return m;
}

/* What this page is to be, or NULL: zeros. */
static const char *
content(const struct area *a, size_t page)
{
	return page < a->known ? a->content[page] : NULL;
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
	if (PRESENT(e))
		return !OF_FILE(e) && EXCLUSIVE(e);
	/* Not there: never was, or is elsewhere. */
	return SWAPPED(e) || (!a->of_file && content(a, page) != NULL);
}

static int
write_run(const struct area *a, size_t first, size_t n, int mem)
{
	for (size_t i = 0; i < n; i++) {
		const char *page = content(a, first + i);

		if (page != NULL)
			memcpy(bytes + i * PAGE, page, PAGE);
		else
			memset(bytes + i * PAGE, 0, PAGE);
	}
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

/* e describes its first page. */
static long
put_back_area(const struct area *a, size_t pages, const uint64_t *e, int mem)
{
	long written = 0;

	for (size_t i = 0; i < pages;) {
		size_t n = 0;

		while (
		    n < RUN && i + n < pages && is_changed(a, i + n, e[i + n]))
			n++;
		if (n > 0 && write_run(a, i, n, mem) < 0)
			return -1;
		written += (long)n;
		i += n > 0 ? n : 1;
	}
	return written;
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
		    to - start > LOOK_MOST * PAGE || a->pages > LARGE)
			break;
		*end = to;
	}
	return next;
}

long
image_put_back(const struct image *m, int mem, int pagemap)
{
	long written = 0;

	for (size_t i = 0, next; i < m->areas; i = next) {
		const struct area *first = &m->area[i];
		bool large = first->pages > LARGE;
		size_t pages = large ? touched(first, pagemap) : first->pages;
		uint64_t end = first->start + pages * PAGE;

		next = large ? i + 1 : together(m, i, &end);
		if (look(pagemap, first->start, (end - first->start) / PAGE) <
		    0)
			return -1;
		for (size_t k = i; k < next; k++) {
			const struct area *a = &m->area[k];
			long one = put_back_area(a, large ? pages : a->pages,
			    entry + (a->start - first->start) / PAGE, mem);

			if (one < 0)
				return -1;
			written += one;
		}
		if (written > IMAGE_MOST)
			return -1;
	}
	return written;
}
