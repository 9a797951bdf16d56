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
#include "child/pristine.h"

#define PAGE     IMAGE_PAGE
#define MAPS_MAX ((size_t)64 << 10)

static struct image *reference; /* the first one; never freed */
static struct pristine *store;
static uint64_t entry[IMAGE_LOOK];
static char bytes[IMAGE_PAGE];

int
image_look(int pagemap, uint64_t start, size_t pages, uint64_t *e)
{
	size_t n = pages * sizeof(*e);

	return pread(pagemap, e, n, (off_t)(start / PAGE * sizeof(*e))) ==
		(ssize_t)n ?
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

	if (a->pages > IMAGE_LOOK) {
		errno = ENOTSUP;
		return -1;
	}
	if (image_look(pagemap, a->start, a->pages, entry) < 0)
		return -1;
	a->known = a->pages;
	while (!a->of_file && a->known > 0 &&
	    !IMAGE_PRESENT(entry[a->known - 1]) &&
	    !IMAGE_SWAPPED(entry[a->known - 1]))
		a->known--;
	if (a->known == 0)
		return 0;
	a->content = calloc(a->known, sizeof(*a->content));
	a->mine = calloc(a->known, 1);
	if (a->content == NULL || a->mine == NULL)
		return -1;
	for (size_t i = 0; i < a->known; i++)
		if ((a->of_file || IMAGE_PRESENT(entry[i]) ||
			IMAGE_SWAPPED(entry[i])) &&
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
image_keep_in(struct pristine *s)
{
	store = s;
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

uint64_t
image_kept(const struct image *m, size_t area, size_t page)
{
	const struct area *a = &m->area[area];
	struct area *first;

	if (store == NULL || area >= reference->areas)
		return 0;
	first = &reference->area[area];
	if (page >= first->known || first->content[page] != a->content[page])
		return 0; /* its alone */
	if (first->kept == NULL)
		first->kept = calloc(first->known, sizeof(*first->kept));
	if (first->kept == NULL)
		return 0;
	if (first->kept[page] == 0)
		first->kept[page] = pristine_add(store, a->content[page]);
	return first->kept[page];
}
