/*
 * path_trusted.c - open what an option names, with root's rights,
 * where others may be able to put links in the way.
 */
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINKS_MAX 16 /* one after the other */

static int
open_no_links(const char *path, int flags, mode_t mode)
{
	struct open_how how = { .flags = (unsigned)flags,
		.mode = (flags & O_CREAT) != 0 ? mode : 0,
		.resolve = RESOLVE_NO_SYMLINKS };

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

/*
 * Is what is open here a link of root's?  Then to becomes where it leads.
 */
static bool
read_link(int fd, bool *is_link, char *to, size_t size)
{
	struct stat st;
	ssize_t n;

	*is_link = fstat(fd, &st) == 0 && S_ISLNK(st.st_mode);
	if (!*is_link || st.st_uid != 0)
		return false;
	n = readlinkat(fd, "", to, size);
	if (n <= 0 || (size_t)n == size)
		return false;
	to[n] = '\0';
	return true;
}

/* Put what a link leads to in its place, which ends at end. */
static bool
replace(char path[PATH_MAX], size_t end, const char *to)
{
	char rest[PATH_MAX], before[PATH_MAX];
	char *slash;

	snprintf(rest, sizeof(rest), "%s", path + end);
	snprintf(before, sizeof(before), "%.*s", (int)end, path);
	slash = strrchr(before, '/');
	slash[to[0] == '/' ? 0 : 1] = '\0';
	if (to[0] == '/')
		before[0] = '\0';
	return snprintf(path, PATH_MAX, "%s%s%s", before, to, rest) < PATH_MAX;
}

/*
 * The first link in an absolute path is root's: follow it, in words.
 */
static bool
follow(char path[PATH_MAX])
{
	char to[PATH_MAX];

	for (size_t end = 1; path[end - 1] != '\0'; end++) {
		char was = path[end];
		bool is_link, fine;
		int fd;

		if (was != '/' && was != '\0')
			continue;
		path[end] = '\0';
		fd = open_no_links(path, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
		path[end] = was;
		if (fd < 0)
			return false;
		fine = read_link(fd, &is_link, to, sizeof(to));
		close(fd);
		if (is_link)
			return fine && replace(path, end, to);
		if (was == '\0')
			return false;
	}
	return false;
}

/* These are the kernel's.  In /dev/shm everybody may make directories. */
static bool
is_fixed(const char *path)
{
	return (strncmp(path, "/dev/", 5) == 0 &&
		   strncmp(path, "/dev/shm/", 9) != 0) ||
	    strncmp(path, "/proc/", 6) == 0;
}

const char *
path_why(int error)
{
	return error == ELOOP && geteuid() == 0 ?
	    "a symbolic link that is not root's, which root does not follow" :
	    strerror(error);
}

int
path_open_trusted(const char *path, int flags, mode_t mode)
{
	char now[PATH_MAX], here[PATH_MAX] = "";
	int fd = -1;

	if (geteuid() != 0 || is_fixed(path))
		return open(path, flags, mode);
	if (path[0] != '/' && getcwd(here, sizeof(here)) == NULL)
		return -1;
	if (snprintf(now, sizeof(now), "%s%s%s", here, *here ? "/" : "",
		path) >= (int)sizeof(now)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (int i = 0; i < LINKS_MAX; i++) {
		if (is_fixed(now))
			return open(now, flags, mode);
		fd = open_no_links(now, flags, mode);
		if (fd < 0 && errno == ENOSYS)
			return open(path, flags | O_NOFOLLOW, mode);
		if (fd >= 0 || errno != ELOOP)
			return fd;
		if (!follow(now))
			break;
	}
	errno = ELOOP;
	return -1;
}
