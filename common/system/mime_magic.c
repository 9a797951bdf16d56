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
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/log.h"

#define HUGE_PAGE ((size_t)2 << 20)
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* since Linux 6.1 */
#endif

#define FAULTS     64   /* what reading the database costs in huge pages */
#define REGEX_MOST 1024 /* bytes that a regular expression looks at */

/* Text is told without it, so is what is packed. */
#define FLAGS                                                               \
	(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |   \
	    MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_TEXT | \
	    MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_JSON |                 \
	    MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_TOKENS)

static void *base; /* libmagic's database, mapped */
static size_t base_size;
static size_t base_room; /* with what is mapped behind it */
static magic_t magic;    /* once it is loaded */
static bool silent;      /* of its faults: others have told them */

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

/* Room that begins where a huge page does.  NULL: there is none. */
static char *
aligned(size_t room)
{
	size_t before;
	char *all = mmap(NULL, room + HUGE_PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (all == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)all % HUGE_PAGE;
	munmap(all + before + room, HUGE_PAGE - before);
	if (before > 0)
		munmap(all, before);
	return all + before;
}

/* n bytes of the file in memory that has no other name.  Returns its
 * descriptor, or -1. */
static int
copy(int file, size_t n, size_t room)
{
	int to = memfd_create("berth-magic", MFD_CLOEXEC);
	ssize_t put = 1;
	off_t at = 0;

	if (to < 0)
		return -1;
	while (put > 0 && (size_t)at < n)
		put = sendfile(to, file, &at, n - (size_t)at);
	if ((size_t)at == n && ftruncate(to, (off_t)room) == 0)
		return to;
	close(to);
	return -1;
}

/*
 * In huge pages that fork(2) copies nothing of: shared ones, of which this is a
 * private mapping that nothing is written to.  They are made when they are
 * asked for by name (since Linux 6.1), whatever is set for others.
 */
static void *
in_shared_huge_pages(int file, size_t n, size_t room)
{
	int memory = copy(file, n, room);
	char *at = memory < 0 ? NULL : aligned(room);
	bool done = at != NULL &&
	    mmap(at, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
		memory, 0) == at &&
	    madvise(at, room, MADV_COLLAPSE) == 0;

	if (memory >= 0)
		close(memory);
	if (!done && at != NULL)
		munmap(at, room);
	return done ? at : NULL;
}

/* In huge pages of our own, of which a fork copies an entry each, and sets a
 * page-table page aside.  NULL: there are none. */
static void *
in_huge_pages(int fd, size_t n, size_t room)
{
	char *at = aligned(room);
	long began = faults();

	if (at == NULL)
		return NULL;
	if (madvise(at, room, MADV_HUGEPAGE) == 0 &&
	    read_all(fd, at, HUGE_PAGE < n ? HUGE_PAGE : n) &&
	    faults() - began < FAULTS &&
	    (n <= HUGE_PAGE || read_all(fd, at + HUGE_PAGE, n - HUGE_PAGE)))
		return at;
	munmap(at, room);
	return NULL;
}

static bool
map_file(const char *path, enum mime_when when)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at = NULL;
	size_t room;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		st.st_size = 0;
	room = ((size_t)st.st_size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	if (when == MIME_FORKED && st.st_size > 0)
		at = in_shared_huge_pages(fd, (size_t)st.st_size, room);
	if (at == NULL && when == MIME_FORKED && st.st_size > 0)
		at = in_huge_pages(fd, (size_t)st.st_size, room);
	/* Private and writable: libmagic may swap bytes in place. */
	if (at == NULL && st.st_size > 0) {
		room = (size_t)st.st_size;
		at = mmap(
		    NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	}
	close(fd);
	if (at == NULL || at == MAP_FAILED)
		return false;
	base = at;
	base_size = (size_t)st.st_size;
	base_room = room;
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
		/*
		 * Loaded it is only read: no child's fault shall write it.
		 * To the end of the last huge page, which would else fall
		 * into small ones, each with an entry for a fork to copy.
		 */
		mprotect(base, base_room, PROT_READ);
		warm();
	}
}

const char *
mime_magic(struct slice first)
{
	return load() ? magic_buffer(magic, first.p, first.n) : NULL;
}
