/*
 * scratch.c - a directory for the files of one process.
 */
#include "fuzzrig/scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzzrig/must.h"

#define CHANGED 1600000000 /* September 2020 */

static char dir[64];
static pid_t owner;

static int
drop(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

static void
leave(void)
{
	if (getpid() == owner)
		nftw(dir, drop, 8, FTW_DEPTH | FTW_PHYS);
}

const char *
scratch(void)
{
	if (dir[0] != '\0')
		return dir;
	snprintf(dir, sizeof(dir), "%s/berth-fuzz-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	must(mkdtemp(dir) != NULL);
	owner = getpid();
	atexit(leave);
	return dir;
}

const char *
scratch_path(const char *name)
{
	static char path[SCRATCH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", scratch(), name);

	must(n > 0 && (size_t)n < sizeof(path));
	return path;
}

void
scratch_file(const char *name, const void *bytes, size_t n)
{
	static const struct timespec times[2] = { { CHANGED, 0 },
		{ CHANGED, 0 } };
	int fd = open(
	    scratch_path(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	must(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
	must(futimens(fd, times) == 0 && close(fd) == 0);
}
