/*
 * user_dir.c - a directory that a service writes to.
 */
#include "sandbox/user_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/privdrop.h"
#include "system/log.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

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
user_dir_work(struct user_dir *d, const struct privdrop *user,
    as_user_work *work, int fd[AS_USER_FDS_MAX])
{
	static const struct privdrop ourselves;
	const char *what = "";
	int n;

	if (user == NULL)
		user = &ourselves;
	d->at = -1;
	n = as_user(user, work, d, fd, &what);
	if (n < 0 && errno == EACCES && what[0] == '\0' && user->drop) {
		d->at = as_user_find(user, d->path);
		if (d->at < 0)
			give_up(d->path, "", user);
		n = as_user(user, work, d, fd, &what);
	}
	if (n <= 0)
		give_up(d->path, what, user);
	if (d->at >= 0)
		close(d->at);
	return n;
}

int
user_dir_open(const struct user_dir *d)
{
	int fd;

	if (d->at >= 0)
		return openat(d->at, ".", DIRECTORY);
	fd = open(d->path, DIRECTORY);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (mkdir(d->path, 0700) < 0 && errno != EEXIST)
		return -1;
	return open(d->path, DIRECTORY);
}

/* For a link, Linux says that it is no directory. */
static int
fault_of(int dir, const char *name, int why)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISLNK(st.st_mode) ?
	    ELOOP :
	    why;
}

int
user_dir_part(int dir, const char *name)
{
	int fd;

	if (mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
		return -1;
	fd = openat(dir, name, DIRECTORY | O_NOFOLLOW);
	if (fd < 0) {
		errno = fault_of(dir, name, errno);
	} else if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}
