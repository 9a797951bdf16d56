/*
 * store_open.c - opening the Maildir, and sweeping up after the dead.
 *
 * What lies in it is its owner's, who may put a link anywhere: so all of this
 * is done with the owner's rights (as_user.h), and by descriptors.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/as_user.h"
#include "sandbox/privdrop.h"
#include "smtpd/store.h"
#include "smtpd/store_dirs.h"
#include "system/clock.h"
#include "system/log.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

enum { ROOT, TMP, NEW, OWN, ALL }; /* what comes back */

struct order {
	const char *path;
	int at; /* it has been found already; -1: by its path */
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

static int
open_root(const struct order *o)
{
	int fd;

	if (o->at >= 0)
		return openat(o->at, ".", DIRECTORY);
	fd = open(o->path, DIRECTORY);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (mkdir(o->path, 0700) < 0 && errno != EEXIST)
		return -1;
	return open(o->path, DIRECTORY);
}

static int
open_part(int root, const char *name)
{
	struct stat st;
	int fd;

	if (mkdirat(root, name, 0700) < 0 && errno != EEXIST)
		return -1;
	fd = openat(root, name, DIRECTORY | O_NOFOLLOW);
	if (fd < 0) {
		int why = errno;

		if (fstatat(root, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st.st_mode))
			why = ELOOP;
		errno = why;
	} else if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The work that is the user's.  What it opens is closed with its process, or
 * with ours, which then ends. */
static int
open_all(const void *context, int fd[AS_USER_FDS_MAX], const char **what)
{
	const struct order *o = context;
	int cur;

	fd[ROOT] = open_root(o);
	if (fd[ROOT] < 0)
		return -1;
	*what = "/cur";
	cur = open_part(fd[ROOT], "cur");
	if (cur < 0)
		return -1;
	close(cur);
	*what = "/tmp";
	fd[TMP] = open_part(fd[ROOT], "tmp");
	if (fd[TMP] < 0)
		return -1;
	*what = "/new";
	fd[NEW] = open_part(fd[ROOT], "new");
	if (fd[NEW] < 0)
		return -1;
	*what = "/.berth";
	fd[OWN] = open_part(fd[ROOT], ".berth");
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

static _Noreturn void
give_up(const char *path, const char *what, const struct privdrop *user)
{
	int why = errno;

	if (why == ELOOP)
		die(EXIT_CONFIG, "%s%s: a symbolic link, which is not followed",
		    path, what);
	if ((why == EACCES || why == EPERM) && user->drop)
		die(EXIT_CONFIG,
		    "%s%s: user %s cannot write there: make the directory, "
		    "and give it to that user (chown)",
		    path, what, user->name);
	die(EXIT_CONFIG, "%s%s: %s", path, what, strerror(why));
}

int
store_open(const char *path, const char *host, const struct privdrop *user,
    bool sweep_too)
{
	static const struct privdrop ourselves;
	struct order o = { .path = path, .at = -1, .sweep = sweep_too };
	int fd[AS_USER_FDS_MAX];
	const char *what = "";
	int n;

	set_host(host);
	if (user == NULL)
		user = &ourselves;
	n = user == &ourselves ? open_all(&o, fd, &what) :
				 as_user(user, open_all, &o, fd, &what);
	if (n < 0 && errno == EACCES && what[0] == '\0' && user->drop) {
		o.at = as_user_find(user, path);
		if (o.at < 0)
			give_up(path, "", user);
		n = as_user(user, open_all, &o, fd, &what);
	}
	if (n != ALL)
		give_up(path, what, user);
	if (o.at >= 0)
		close(o.at);
	store_dirs.root = fd[ROOT];
	store_dirs.tmp = fd[TMP];
	store_dirs.new = fd[NEW];
	store_dirs.own = fd[OWN];
	return store_dirs.root;
}
