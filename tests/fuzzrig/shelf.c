/*
 * shelf.c - a small site whose every byte is known.
 */
#include "fuzzrig/shelf.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzzrig/must.h"
#include "fuzzrig/scratch.h"

#define LARGEST 66000 /* larger than what httpd keeps in memory */

static const struct book {
	const char *name;
	size_t size;
	const char *mark; /* in its middle, or NULL */
} books[] = {
	{ "outside.txt", 90, SHELF_OUTSIDE },
	{ "site/index.html", 201, NULL },
	{ "site/about.html", 202, NULL },
	{ "site/404.html", 203, NULL },
	{ "site/a.txt", 101, NULL },
	{ "site/a.txt.gz", 41, NULL },
	{ "site/a.txt.br", 31, NULL },
	{ "site/big.bin", LARGEST, NULL },
	{ "site/empty.css", 0, NULL },
	{ "site/plain", 77, NULL },
	{ "site/x.q", 55, NULL },
	{ "site/a b&\"<\xc3\xa9.txt", 66, NULL },
	{ "site/.hidden.txt", 91, SHELF_HIDDEN },
	{ "site/old~", 92, SHELF_HIDDEN },
	{ "site/.well-known/s.txt", 33, NULL },
	{ "site/d/e.txt", 102, NULL },
	{ "site/d/.f/g.txt", 93, SHELF_HIDDEN },
	{ "site/default/a.txt", 111, NULL },
	{ "site/a.test/index.html", 221, NULL },
	{ "site/a.test/a.txt", 112, NULL },
	{ "site/b.test/a.txt", 113, NULL },
};

#define BOOKS (sizeof(books) / sizeof(books[0]))

static char bytes[BOOKS][LARGEST];

static void
write_book(size_t which)
{
	const struct book *b = &books[which];
	uint32_t seed = (uint32_t)b->size;
	char *to = bytes[which];

	for (size_t i = 0; i < b->size; i++) {
		seed = seed * 1664525 + 1013904223;
		to[i] = i % 32 == 31 ? '\n' : (char)('a' + (seed >> 24) % 26);
	}
	if (b->mark != NULL)
		memcpy(to + 20, b->mark, strlen(b->mark));
	scratch_file(b->name, to, b->size);
}

const char *
shelf_make(void)
{
	static char path[SCRATCH_MAX];
	static const char *const rooms[] = { "site", "site/.well-known",
		"site/d", "site/d/.f", "site/void", "site/default",
		"site/a.test", "site/b.test" };

	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
		must(mkdir(scratch_path(rooms[i]), 0755) == 0);
	for (size_t i = 0; i < BOOKS; i++)
		write_book(i);
	must(symlink("a.txt", scratch_path("site/in")) == 0);
	must(symlink("../outside.txt", scratch_path("site/out")) == 0);
	must(symlink("..", scratch_path("site/up")) == 0);
	must(mkfifo(scratch_path("site/fifo"), 0644) == 0);
	return strcpy(path, scratch_path("site"));
}

static size_t
find(uint64_t size)
{
	size_t i = 0;

	while (i < BOOKS && books[i].size != size)
		i++;
	must(i < BOOKS);
	return i;
}

bool
shelf_holds(uint64_t size, uint64_t first, struct slice part)
{
	const char *all = bytes[find(size)];

	return first <= size && part.n <= size - first &&
	    (part.n == 0 || memcmp(all + first, part.p, part.n) == 0);
}

struct slice
shelf_room(uint64_t size)
{
	struct slice rest = slice_of(books[find(size)].name), room;

	slice_cut(&rest, '/');
	room = slice_cut(&rest, '/');
	return rest.p == NULL ? (struct slice){ NULL, 0 } : room;
}
