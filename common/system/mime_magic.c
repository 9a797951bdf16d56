/*
 * mime_magic.c - what libmagic knows of files that are no text.
 */
#include "system/mime_magic.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <magic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/log.h"

#define HUGE_PAGE    ((size_t)2 << 20)
#define FAULTS       64 /* what reading the database costs in huge pages */
#define MAGIC_NUMBER 0xf11e041cU /* a database of this byte order */
#define REGEX_MOST   1024        /* bytes that a regular expression looks at */

/* Text is told without it, so is what is packed. */
#define FLAGS                                                               \
	(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |   \
	    MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_TEXT | \
	    MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_JSON |                 \
	    MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_TOKENS)

static void *base; /* libmagic's database, mapped */
static size_t base_size;
static magic_t magic; /* once it is loaded */
static bool silent;   /* of its faults: others have told them */

/* Have libmagic read the mapped database.  Returns whether it can be used. */
static bool
load(void)
{
	size_t most = REGEX_MOST;

	if (magic != NULL)
		return true;
	if (base == NULL)
		return false;
	magic = magic_open(FLAGS);
	if (magic != NULL &&
	    magic_setparam(magic, MAGIC_PARAM_REGEX_MAX, &most) == 0 &&
	    magic_load_buffers(magic, &base, &base_size, 1) == 0)
		return true;
	if (!silent)
		log_warn("libmagic: %s",
		    magic == NULL ? strerror(errno) : magic_error(magic));
	if (magic != NULL)
		magic_close(magic);
	magic = NULL;
	base = NULL;
	return false;
}

static long
faults(void)
{
	struct rusage r;

	return getrusage(RUSAGE_SELF, &r) < 0 ? LONG_MAX : r.ru_minflt;
}

static bool
read_all(int fd, char *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, to + done, n - done);

		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/*
 * libmagic makes what it was given read-only, to its last byte.  A huge page
 * that is so in part is none, and fork(2) copies small ones one by one: so all
 * is made read-only before, unless its byte order is yet to be turned round.
 */
static void
seal(void *all, size_t room)
{
	if (*(const uint32_t *)all == MAGIC_NUMBER)
		mprotect(all, room, PROT_READ);
}

/* n bytes of the file in huge pages, or NULL: there are none. */
static void *
in_huge_pages(int fd, size_t n)
{
	size_t room = (n + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE, before;
	char *all = mmap(NULL, room + HUGE_PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	long began = faults();

	if (all == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)all % HUGE_PAGE;
	munmap(all + before + room, HUGE_PAGE - before);
	if (before > 0)
		munmap(all, before);
	if (madvise(all + before, room, MADV_HUGEPAGE) == 0 &&
	    read_all(fd, all + before, HUGE_PAGE < n ? HUGE_PAGE : n) &&
	    faults() - began < FAULTS &&
	    (n <= HUGE_PAGE ||
		read_all(fd, all + before + HUGE_PAGE, n - HUGE_PAGE))) {
		seal(all + before, room);
		return all + before;
	}
	munmap(all + before, room);
	return NULL;
}

static bool
map_file(const char *path, enum mime_when when)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at = NULL;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		st.st_size = 0;
	if (when == MIME_FORKED && st.st_size > 0)
		at = in_huge_pages(fd, (size_t)st.st_size);
	/* Private and writable: libmagic may swap bytes in place. */
	if (at == NULL && st.st_size > 0)
		at = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE, fd, 0);
	close(fd);
	if (at == NULL || at == MAP_FAILED)
		return false;
	base = at;
	base_size = (size_t)st.st_size;
	return true;
}

/* Map the compiled database that libmagic would open. */
static bool
map(enum mime_when when)
{
	struct slice paths = slice_of(magic_getpath(NULL, 0));
	char path[PATH_MAX];

	while (paths.p != NULL) {
		struct slice one = slice_cut(&paths, ':');

		snprintf(path, sizeof(path), "%.*s.mgc", SLICE_FMT(one));
		if (map_file(path, when))
			return true;
	}
	return false;
}

/* The first look makes what all others use, of its regular expressions above
 * all: children find it made. */
static void
warm(void)
{
	char bytes[MIME_LOOK_AT];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)((i * 7 + i / 3) ^ 0x5a);
	(void)mime_magic((struct slice){ bytes, sizeof(bytes) });
}

void
mime_magic_prepare(enum mime_when when)
{
	if (base != NULL)
		return;
	silent = when == MIME_LATER;
	if (!map(when) && !silent)
		log_warn("no database of libmagic: files without a known "
			 "extension are of the common kinds, or binary");
	else if (when != MIME_LATER && load() && when == MIME_FORKED) {
		/* Loaded it is only read: no child's fault shall write it. */
		mprotect(base, base_size, PROT_READ);
		warm();
	}
}

const char *
mime_magic(struct slice first)
{
	return load() ? magic_buffer(magic, first.p, first.n) : NULL;
}
