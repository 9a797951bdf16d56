/*
 * listener_path.c - listeners that are files: made and removed with the rights
 * of whose directory they lie in.
 *
 * Root who makes or removes something in somebody's directory can be led
 * astray by links (sandbox/as_user.h).  Where the directory is root's own,
 * only root's own links lead there.
 */
#include "master/listener_path.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/as_user.h"
#include "sandbox/privdrop.h"
#include "system/log.h"
#include "system/path.h"
#include "system/sock.h"

#define NOBODYS_GROUP 65534 /* of a user without a name */

/* The work. */
struct at {
	const struct addr *addr;
	int type;
	const struct listener_file *file;
};

/* Its name in its directory. */
static const char *
name_of(const struct addr *a)
{
	const char *slash = strrchr(a->un.sun_path, '/');

	return slash == NULL ? a->un.sun_path : slash + 1;
}

/* Open its directory, only to look: -1 with ELOOP when somebody else's link
 * leads there. */
static int
open_directory(const struct addr *a)
{
	char dir[sizeof(a->un.sun_path) + 1];
	int length = (int)(name_of(a) - a->un.sun_path);

	snprintf(dir, sizeof(dir), "%.*s", length, a->un.sun_path);
	return path_open_trusted(
	    length == 0 ? "." : dir, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
}

/* Whose is this directory?  Not to be changed: ours. */
static int
find_owner(int dir, struct privdrop *u)
{
	const struct passwd *pw;
	struct stat st;

	*u = (struct privdrop){ .drop = false };
	if (fstat(dir, &st) < 0)
		return -1;
	if (geteuid() != 0 || st.st_uid == 0)
		return 0;
	pw = getpwuid(st.st_uid);
	u->drop = true;
	u->uid = st.st_uid;
	u->gid = pw != NULL ? pw->pw_gid : NOBODYS_GROUP;
	return 0;
}

static int
open_it(const void *context, int fd[AS_USER_FDS_MAX], const char **what)
{
	const struct at *at = context;

	(void)what;
	fd[0] = sock_listen(at->addr, at->type);
	return fd[0] < 0 ? -1 : 1;
}

/* The file that is there now, if it is a socket. */
static struct listener_file
look(int dir, const char *name)
{
	struct statx x;

	if (statx(dir, name, AT_SYMLINK_NOFOLLOW,
		STATX_BASIC_STATS | STATX_BTIME, &x) < 0 ||
	    !S_ISSOCK(x.stx_mode))
		return (struct listener_file){ .inode = 0 };
	/* The number of one that is gone is soon another one's. */
	return (struct listener_file){ .inode = x.stx_ino,
		.born_s = x.stx_btime.tv_sec,
		.born_ns = x.stx_btime.tv_nsec };
}

static bool
is_there(int dir, const struct at *at)
{
	struct listener_file now = look(dir, name_of(at->addr));

	return now.inode != 0 && now.inode == at->file->inode &&
	    now.born_s == at->file->born_s && now.born_ns == at->file->born_ns;
}

static int
remove_it(const void *context, int fd[AS_USER_FDS_MAX], const char **what)
{
	const struct at *at = context;
	int dir = open_directory(at->addr), done = 0;

	(void)what;
	fd[0] = -1; /* nothing comes back */
	if (dir < 0)
		return -1;
	/* One that was put in its place is another server's. */
	if (is_there(dir, at))
		done = unlinkat(dir, name_of(at->addr), 0);
	close(dir);
	return done;
}

/* Do it as whoever owns the directory. */
static int
work(as_user_work *what, const struct at *at, int dir, int fd[AS_USER_FDS_MAX])
{
	const char *part = "";
	struct privdrop u;

	if (find_owner(dir, &u) < 0)
		return -1;
	return u.drop ? as_user(&u, what, at, fd, &part) : what(at, fd, &part);
}

int
listener_path_open(const struct addr *a, int type, struct listener_file *file)
{
	int dir = open_directory(a), fd[AS_USER_FDS_MAX], n, why;

	if (dir < 0)
		return -1;
	n = work(open_it, &(struct at){ .addr = a, .type = type }, dir, fd);
	why = errno;
	*file = look(dir, name_of(a));
	close(dir);
	errno = why;
	return n == 1 ? fd[0] : -1;
}

struct listener_file
listener_path_look(const struct addr *a)
{
	struct listener_file file = { .inode = 0 };
	int dir = open_directory(a);

	if (dir < 0)
		return file;
	file = look(dir, name_of(a));
	close(dir);
	return file;
}

void
listener_path_remove(const struct addr *a, const struct listener_file *file)
{
	int dir = open_directory(a), fd[AS_USER_FDS_MAX];
	struct at at = { .addr = a, .file = file };

	if ((dir < 0 || work(remove_it, &at, dir, fd) < 0) && errno != ENOENT)
		log_warn("%s stays: %s", a->un.sun_path, strerror(errno));
	if (dir >= 0)
		close(dir);
}
