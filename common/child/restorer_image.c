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
#include <unistd.h>

#include "child/restorer_image_inside.h"

#define PAGE     IMAGE_PAGE
#define MAPS_MAX ((size_t)64 << 10)

static uint64_t entry[IMAGE_LOOK];
static uint64_t bytes[IMAGE_RUN * SHAPES_WORDS];

int
image_look(int pagemap, uint64_t start, size_t pages, uint64_t *e)
{
	size_t n = pages * sizeof(*e);

	return pread(pagemap, e, n, (off_t)(start / PAGE * sizeof(*e))) ==
		(ssize_t)n ?
	    0 :
	    -1;
}

/* Learn some neighbours. */
static int
learn(struct area *a, size_t first, size_t n, int mem)
{
	if (pread(mem, bytes, n * PAGE, (off_t)(a->start + first * PAGE)) !=
	    (ssize_t)(n * PAGE))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (shapes_learn(&a->page[first + i],
			a->start + (first + i) * PAGE,
			bytes + i * SHAPES_WORDS) < 0)
			return -1;
	return 0;
}

/* Has this page contents of its own, or of the file's? */
static bool
is_there(const struct area *a, uint64_t e)
{
	return a->of_file || IMAGE_PRESENT(e) || IMAGE_SWAPPED(e);
}

/* Pages above the last that has contents are zeros, if anything. */
static int
take_area(struct area *a, int mem, int pagemap)
{
	if (a->pages > IMAGE_LOOK) {
		errno = ENOTSUP;
		return -1;
	}
	if (image_look(pagemap, a->start, a->pages, entry) < 0)
		return -1;
	a->known = a->pages;
	while (a->known > 0 && !is_there(a, entry[a->known - 1]))
		a->known--;
	if (a->known == 0)
		return 0;
	a->page = calloc(a->known, sizeof(*a->page));
	if (a->page == NULL)
		return -1;
	for (size_t i = 0, n; i < a->known; i += n) {
		for (n = 0; n < IMAGE_RUN && i + n < a->known &&
		     is_there(a, entry[i + n]);
		     n++)
			;
		if (n > 0 && learn(a, i, n, mem) < 0)
			return -1;
		n += n == 0;
	}
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
	if (mode[3] == 's' || mode[2] == 'x' || m->areas == IMAGE_AREAS) {
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
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->areas; i++) {
		struct area *a = &m->area[i];

		for (size_t k = 0; a->page != NULL && k < a->known; k++)
			shapes_forget(&a->page[k]);
		free(a->page);
	}
	free(m);
}

struct image *
image_take(int mem, int pagemap, int maps)
{
	struct image *m = calloc(1, sizeof(*m));
	int done = m == NULL ? -1 : find_areas(m, maps);

	for (size_t i = 0; done == 0 && i < m->areas; i++)
		done = take_area(&m->area[i], mem, pagemap);
	if (done < 0) {
		image_free(m);
		return NULL;
	}
	return m;
}
