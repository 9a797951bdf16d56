/*
 * place.c - a directory of its own for a test.
 */
#include "rig/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/wait.h"
#include "system/io.h"

#define PIECE      65536
#define MAX_PLACES 64
#define TMP_NAME   "/tmp/berth-test-XXXXXX"

const char *
rig_place(void)
{
	static char places[MAX_PLACES][sizeof(TMP_NAME)];
	static size_t n;
	char *path = places[n % MAX_PLACES];
	pid_t guard;

	if (n == MAX_PLACES)
		rig_die("too many temporary directories");
	n++;
	memcpy(path, TMP_NAME, sizeof(TMP_NAME));
	if (mkdtemp(path) == NULL || chmod(path, 0755) != 0)
		rig_die("no temporary directory: %s", strerror(errno));
	rig_guard("rm -rf -- \"$1\"", path, &guard);
	return path;
}

struct kept {
	struct kept *next;
	char text[];
};

/* Room for a string until the test ends. */
static char *
keep(size_t size)
{
	static struct kept *_Atomic all; /* so that they are no leak */
	struct kept *k = malloc(sizeof(*k) + size);

	if (k == NULL)
		rig_die("no memory for a name");
	k->next = atomic_exchange(&all, k);
	return k->text;
}

const char *
rig_keep(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(keep(size), text, size);
}

const char *
rig_in(const char *dir, const char *name)
{
	size_t size = strlen(dir) + strlen(name) + 2;
	char *path = keep(size);

	snprintf(path, size, "%s/%s", dir, name);
	return path;
}

static void
make_parents(char *path)
{
	for (char *p = path + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			rig_die("mkdir %s: %s", path, strerror(errno));
		*p = '/';
	}
}

static int
create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		rig_die("%s: %s", path, strerror(errno));
	return fd;
}

const char *
rig_file_bytes(const char *dir, const char *name, const void *p, size_t n)
{
	const char *path = rig_in(dir, name);
	int fd;

	make_parents((char *)path);
	fd = create(path);
	if (io_write_all(fd, p, n) < 0 || close(fd) != 0)
		rig_die("%s: %s", path, strerror(errno));
	return path;
}

const char *
rig_file(const char *dir, const char *name, const char *text)
{
	return rig_file_bytes(dir, name, text, strlen(text));
}

char
rig_pattern(size_t place)
{
	/* Neighbours differ, and so do places a power of two apart. */
	return (char)((place * 131 + place / 251) & 0xff);
}

const char *
rig_file_pattern(const char *dir, const char *name, size_t n)
{
	const char *path = rig_file(dir, name, "");
	char *piece = malloc(PIECE);
	int fd = create(path);

	if (piece == NULL)
		rig_die("out of memory");
	for (size_t done = 0; done < n;) {
		size_t now = n - done < PIECE ? n - done : PIECE;

		for (size_t i = 0; i < now; i++)
			piece[i] = rig_pattern(done + i);
		if (io_write_all(fd, piece, now) < 0)
			rig_die("%s: %s", path, strerror(errno));
		done += now;
	}
	free(piece);
	close(fd);
	return path;
}

bool
rig_is_pattern(struct slice s, size_t from)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != rig_pattern(from + i))
			return false;
	return true;
}

void
rig_touch(const char *dir, const char *name, int64_t seconds)
{
	const struct timespec t[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = seconds } };

	if (utimensat(AT_FDCWD, rig_in(dir, name), t, 0) < 0)
		rig_die("%s/%s: %s", dir, name, strerror(errno));
}

int
rig_slurp(const char *path, struct buf *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	if (fd < 0)
		return -1;
	while (got > 0) {
		size_t left = to->max - to->n, n = left < PIECE ? left : PIECE;
		char *room = n > 0 ? buf_room(to, n) : NULL;
		char more;

		/* With no room left there must be nothing left to read. */
		got = room != NULL ? io_read_all(fd, room, n) :
				     -(read(fd, &more, 1) != 0);
		if (got > 0)
			buf_grew(to, (size_t)got);
	}
	close(fd);
	return (int)got;
}

static bool
has_text(void *arg)
{
	const char *const *want = arg;
	struct buf b;
	bool has;

	buf_init(&b, 1 << 26);
	has =
	    rig_slurp(want[0], &b) == 0 && strstr(buf_str(&b), want[1]) != NULL;
	buf_free(&b);
	return has;
}

bool
rig_reads(const char *path, const char *text)
{
	const char *want[] = { path, text };

	if (rig_within(rig_patience_ms(), has_text, want))
		return true;
	return rig_fail("%s: there is no \"%s\"", path, text);
}
