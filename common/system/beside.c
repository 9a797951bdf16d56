/*
 * beside.c - see beside.h.
 */
#include "system/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/image.h"
#include "system/whole.h"

static bool
was_left(void)
{
	return getenv(IMAGE_BESIDE) != NULL;
}

/* The first n bytes of place, with more and name behind, if there is such a
 * file. */
static bool
is_there(const char *place, int n, const char *more, const char *name,
    char *path, size_t size)
{
	int put = snprintf(path, size, "%.*s/%s%s", n, place, more, name);

	return put > 0 && (size_t)put < size && access(path, R_OK) == 0;
}

/* Does the folder, path up to n, end so? */
static bool
ends(const char *path, size_t n, const char *with)
{
	size_t k = strlen(with);

	return n >= k && memcmp(path + n - k, with, k) == 0;
}

/* From DIR/whole/NAME to DIR/NAME, from lib/berth/whole/NAME to bin/NAME. */
static void
leave_whole(char *path)
{
	static const char folder[] = "/" WHOLE_FOLDER, lib[] = "/lib/berth";
	char *name = strrchr(path, '/');
	const char *bin = "";
	size_t n;

	if (name == NULL || !ends(path, (size_t)(name - path), folder))
		return;
	n = (size_t)(name - path) - strlen(folder);
	if (ends(path, n, lib)) {
		n -= strlen(lib);
		bin = "/bin";
	}
	memmove(path + n + strlen(bin), name, strlen(name) + 1);
	memcpy(path + n, bin, strlen(bin));
}

int
beside_image(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	if (n < 0)
		return -1;
	path[n] = '\0';
	return 0;
}

int
beside_program(char *path, size_t size)
{
	if (beside_image(path, size) < 0)
		return -1;
	leave_whole(path);
	return 0;
}

int
beside_find(const char *name, char *path, size_t size)
{
	static const char left[] = "/proc/self/fd/" IMAGE_BESIDE_FD_TEXT;
	static const int left_n = sizeof(left) - 1;
	char own[PATH_MAX];
	const char *slash;
	int in;

	if (beside_program(own, sizeof(own)) < 0)
		return -1;
	slash = strrchr(own, '/');
	in = slash == NULL ? 0 : (int)(slash - own);
	if (is_there(own, in, "", name, path, size))
		return 0;
	if (in >= 4 && memcmp(own + in - 4, "/bin", 4) == 0 &&
	    is_there(own, in - 4, "lib/berth/", name, path, size))
		return 0;
	if (was_left() &&
	    (is_there(left, left_n, "", name, path, size) ||
		is_there(left, left_n, "../lib/berth/", name, path, size)))
		return 0;
	errno = ENOENT;
	return -1;
}

int
beside_open(const char *program)
{
	const char *slash = strrchr(program, '/');
	char folder[PATH_MAX];
	int fd, high, n;

	n = snprintf(folder, sizeof(folder), "%.*s/",
	    slash == NULL ? 1 : (int)(slash - program),
	    slash == NULL ? "." : program);
	if (n < 0 || (size_t)n >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	high = fcntl(fd, F_DUPFD_CLOEXEC, IMAGE_HIGH_FD);
	close(fd);
	return high;
}

int
beside_leave(int folder)
{
	return dup2(folder, IMAGE_BESIDE_FD) < 0 ? -1 :
						   setenv(IMAGE_BESIDE, "1", 1);
}

int
beside_close_from(int first, unsigned flags)
{
	if (!was_left() || first > IMAGE_BESIDE_FD)
		return close_range((unsigned)first, ~0U, (int)flags);
	if (first < IMAGE_BESIDE_FD &&
	    close_range((unsigned)first, IMAGE_BESIDE_FD - 1, (int)flags) < 0)
		return -1;
	return close_range(IMAGE_BESIDE_FD + 1, ~0U, (int)flags);
}
