/*
 * store_sweep.c - opening the Maildir, and sweeping up after the dead.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "smtpd/store.h"
#include "smtpd/store_dirs.h"
#include "system/clock.h"
#include "system/log.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static void
sweep_one(const char *name, int64_t now)
{
	struct stat st;

	if (fstatat(store_dirs.tmp, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode) || now - st.st_mtime < STORE_OLD_S)
		return;
	if (unlinkat(store_dirs.tmp, name, 0) == 0)
		log_info("removed tmp/%s, left behind", name);
}

/* Remove from tmp/ what is older than STORE_OLD_S. */
static void
sweep(void)
{
	int fd = openat(store_dirs.root, "tmp", DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			sweep_one(e->d_name, clock_wall_s());
	closedir(dir);
}

static int
open_part(const char *name)
{
	int fd;

	if (mkdirat(store_dirs.root, name, 0700) < 0 && errno != EEXIST)
		die(EXIT_CONFIG, "%s/%s: %s", store_dirs.path, name,
		    strerror(errno));
	fd = openat(store_dirs.root, name, DIRECTORY);
	if (fd < 0)
		die(EXIT_CONFIG, "%s/%s: %s", store_dirs.path, name,
		    strerror(errno));
	return fd;
}

/* Maildir: "/" and ":" may not stand in a name. */
static void
set_host(const char *host)
{
	size_t n = strlen(host);

	if (n >= sizeof(store_dirs.host))
		n = sizeof(store_dirs.host) - 1;
	memcpy(store_dirs.host, host, n);
	store_dirs.host[n] = '\0';
	for (char *p = store_dirs.host; *p != '\0'; p++)
		if (*p == '/' || *p == ':')
			*p = '_';
}

void
store_open(const char *path, const char *host)
{
	set_host(host);
	snprintf(store_dirs.path, sizeof(store_dirs.path), "%s", path);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		die(EXIT_CONFIG, "%s: %s", path, strerror(errno));
	store_dirs.root = open(path, DIRECTORY);
	if (store_dirs.root < 0)
		die(EXIT_CONFIG, "%s: %s", path, strerror(errno));
	close(open_part("cur"));
	store_dirs.tmp = open_part("tmp");
	store_dirs.new = open_part("new");
	sweep();
}
