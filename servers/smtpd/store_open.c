/*
 * store_open.c - opening the Maildir, and sweeping up after the dead.
 *
 * All of this is done with the owner's rights (user_dir.h), and by descriptors.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/user_dir.h"
#include "smtpd/store.h"
#include "smtpd/store_dirs.h"
#include "system/clock.h"
#include "system/log.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

enum { ROOT, TMP, NEW, OWN, ALL }; /* what comes back */

struct order {
	struct user_dir dir; /* first */
	bool sweep;
};

static void
sweep_one(int tmp, const char *name, int64_t now)
{
	struct stat st;

	if (fstatat(tmp, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode) || now - st.st_mtime < STORE_OLD_S)
		return;
	if (unlinkat(tmp, name, 0) == 0)
		log_info("removed tmp/%s, left behind", name);
}

/* Remove from tmp/ what is older than STORE_OLD_S. */
static void
sweep(int tmp)
{
	int fd = openat(tmp, ".", DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			sweep_one(tmp, e->d_name, clock_wall_s());
	closedir(dir);
}

/* The work that is the user's.  What it opens is closed with its process, or
 * with ours, which then ends. */
static int
open_all(const void *context, int fd[AS_USER_FDS_MAX], const char **what)
{
	const struct order *o = context;
	int cur;

	fd[ROOT] = user_dir_open(&o->dir);
	if (fd[ROOT] < 0)
		return -1;
	*what = "/cur";
	cur = user_dir_part(fd[ROOT], "cur");
	if (cur < 0)
		return -1;
	close(cur);
	*what = "/tmp";
	fd[TMP] = user_dir_part(fd[ROOT], "tmp");
	if (fd[TMP] < 0)
		return -1;
	*what = "/new";
	fd[NEW] = user_dir_part(fd[ROOT], "new");
	if (fd[NEW] < 0)
		return -1;
	*what = "/.berth";
	fd[OWN] = user_dir_part(fd[ROOT], ".berth");
	if (fd[OWN] < 0)
		return -1;
	if (o->sweep)
		sweep(fd[TMP]);
	return ALL;
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

int
store_open(const char *path, const char *host, const struct privdrop *user,
    bool sweep_too)
{
	struct order o = { .dir.path = path, .sweep = sweep_too };
	int fd[AS_USER_FDS_MAX];

	set_host(host);
	user_dir_work(&o.dir, user, open_all, fd);
	store_dirs.root = fd[ROOT];
	store_dirs.tmp = fd[TMP];
	store_dirs.new = fd[NEW];
	store_dirs.own = fd[OWN];
	return store_dirs.root;
}
