/*
 * path.c - open a file below a directory, and never anything else.
 */
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FLAGS      (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
#define PART_MAX   sizeof("cur")
#define RACE_TRIES 8 /* openat2 says EAGAIN when something was renamed */

static int
open_beneath(int root, const char *path, enum path_links links)
{
	static const unsigned long long resolve[] = {
		[PATH_BENEATH] = RESOLVE_BENEATH,
		[PATH_ANYWHERE] = 0,
		[PATH_NO_LINKS] = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	struct open_how how = { .flags = FLAGS,
		.resolve = RESOLVE_NO_MAGICLINKS | resolve[links] };
	long fd;
	int tries = 0;

	do {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	} while (fd < 0 && errno == EAGAIN && ++tries < RACE_TRIES);
	return (int)fd;
}

/*
 * For kernels and sandboxes without openat2: one component after the other,
 * and no links at all.
 */
static int
open_by_steps(int root, const char *path)
{
	char name[NAME_MAX + 1];
	int at = root, fd;

	for (;;) {
		size_t n = strcspn(path, "/");
		bool directory = path[n] == '/';
		bool last = path[n + (size_t)directory] == '\0';

		if (n == 0 || n > NAME_MAX) {
			errno = n == 0 ? ENOENT : ENAMETOOLONG;
			fd = -1;
		} else {
			memcpy(name, path, n);
			name[n] = '\0';
			if (strcmp(name, "..") == 0) {
				errno = EXDEV;
				fd = -1;
			} else {
				fd = openat(at, name,
				    FLAGS | O_NOFOLLOW |
					(directory ? O_DIRECTORY : 0) |
					(last ? 0 : O_PATH));
			}
		}
		if (at != root)
			close(at);
		if (fd < 0 || last)
			return fd;
		at = fd;
		path += n + 1;
	}
}

int
path_open(int root, const char *path, enum path_links links, struct stat *st)
{
	int fd;

	if (path[0] == '/') {
		errno = EXDEV;
		return -1;
	}
	fd = open_beneath(root, path, links);
	if (fd < 0 && errno == ENOSYS)
		fd = open_by_steps(root, path);
	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0)
		return fd;
	close(fd);
	return -1;
}

ssize_t
path_where(int fd, char *to, size_t size)
{
	char name[sizeof("/proc/self/fd/") + 12];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, to, size);
	if (n >= 0 && (size_t)n == size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (n >= 0)
		to[n] = '\0';
	return n;
}

ssize_t
path_leads_to(int root, const char *path, char *to, size_t size)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS };
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	ssize_t n;
	int error;

	if (fd < 0)
		return -1;
	n = path_where((int)fd, to, size);
	error = errno;
	close((int)fd);
	errno = error;
	return n;
}

static bool
has_parts(int at, const char *dir, char *name, size_t size)
{
	/* The rarest name first: it is asked for each directory. */
	static const char *const parts[] = { "cur", "new", "tmp" };
	size_t n = strlen(dir);
	struct stat st;

	if (n + 1 + PART_MAX > size)
		return false;
	memcpy(name, dir, n);
	name[n] = '/';
	for (size_t i = 0; i < 3; i++) {
		memcpy(name + n + 1, parts[i], PART_MAX);
		if (fstatat(at, name, &st, 0) < 0 || !S_ISDIR(st.st_mode))
			return false;
	}
	return true;
}

static __attribute__((noinline)) bool
is_far_maildir(int at, const char *dir)
{
	char name[PATH_MAX];

	return has_parts(at, dir, name, sizeof(name));
}

bool
path_is_maildir(int at, const char *dir)
{
	char name[PATH_USUAL]; /* a child's stack is paid by the page */

	if (strlen(dir) + 1 + PART_MAX > sizeof(name))
		return is_far_maildir(at, dir);
	return has_parts(at, dir, name, sizeof(name));
}

int
path_root(const char *path)
{
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}
