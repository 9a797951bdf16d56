/*
 * index_beneath.c - SQLite's files, opened by descriptors.
 *
 * "/.maildir/7/.berth/index.db" is .berth/index.db beneath descriptor 7.
 *
 * A process of the inbox may move files in the Maildir, and write some in
 * tmp/: taken over, it could put a database of its own where the index was, or
 * a journal that the indexer would play back into it.  So what the indexer
 * makes it marks (xattr(7), which those processes may not set), and what is
 * there without the mark is not there.  A file system that knows no such marks
 * goes without.
 */
#include "mail/index_beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "bytes/slice.h"
#include "mail/maildir_open.h"

#define PREFIX "/.maildir"
#define MARK   "user.berth.index"

typedef int open_call(const char *, int, int);
typedef int stat_call(const char *, struct stat *);
typedef int access_call(const char *, int);
typedef int unlink_call(const char *);

/* What SQLite called before. */
static open_call *their_open;
static stat_call *their_stat, *their_lstat;
static access_call *their_access;
static unlink_call *their_unlink;

static int
is_ours(const char *name)
{
	return strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0;
}

/* Root and rest of a name; what stands above all roots is not there. */
static int
read_name(const char *name, const char **rest)
{
	int root, n = 0;

	if (sscanf(name, PREFIX "/%d/%n", &root, &n) == 1 && n > 0 &&
	    name[n] != '\0') {
		*rest = name + n;
		return root;
	}
	errno = ENOENT;
	return -1;
}

/* The directory that the name lies in; *last is its name in there. */
static int
open_parent(const char *name, const char **last)
{
	char dir[INDEX_NAME_MAX];
	const char *rest, *slash;
	int root = read_name(name, &rest);

	if (root < 0)
		return -1;
	slash = strrchr(rest, '/');
	*last = slash == NULL ? rest : slash + 1;
	if (snprintf(dir, sizeof(dir), "%.*s",
		slash == NULL ? 1 : (int)(slash - rest),
		slash == NULL ? "." : rest) >= (int)sizeof(dir)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return maildir_open_beneath(root, dir, O_PATH | O_DIRECTORY);
}

static int
any_unlink(const char *name)
{
	const char *last;
	int dir, status, why;

	if (!is_ours(name))
		return their_unlink(name);
	dir = open_parent(name, &last);
	if (dir < 0)
		return -1;
	status = unlinkat(dir, last, 0);
	why = errno;
	close(dir);
	errno = why;
	return status;
}

int
index_beneath_mark(int fd)
{
	return fsetxattr(fd, MARK, "", 0, 0) == 0 || errno == EOPNOTSUPP ? 0 :
									   -1;
}

/* SQLite opens directories by the same call as files; those need no mark. */
static bool
is_marked(int fd)
{
	struct stat st;

	return fgetxattr(fd, MARK, NULL, 0) >= 0 || errno != ENODATA ||
	    (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode));
}

static int
open_marked(int root, const char *path, int flags)
{
	int fd = maildir_open_beneath(root, path, flags);

	if (fd < 0 || is_marked(fd))
		return fd;
	close(fd);
	errno = ENOENT;
	return -1;
}

/* Not one that somebody else has put there. */
static int
make_marked(int root, const char *path, int flags, int mode, const char *name)
{
	int fd = maildir_make_beneath(
	    root, path, flags | O_CREAT | O_EXCL, (unsigned)mode);

	if (fd < 0 && errno == EEXIST) {
		any_unlink(name);
		fd = maildir_make_beneath(
		    root, path, flags | O_CREAT | O_EXCL, (unsigned)mode);
	}
	if (fd >= 0 && index_beneath_mark(fd) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int
our_open(const char *name, int flags, int mode)
{
	const char *rest;
	int root, fd;

	if (!is_ours(name))
		return their_open(name, flags, mode);
	root = read_name(name, &rest);
	if (root < 0)
		return -1;
	fd = open_marked(root, rest, flags & ~(O_CREAT | O_EXCL));
	if (fd < 0 && errno == ENOENT && (flags & O_CREAT) != 0)
		fd = make_marked(root, rest, flags, mode, name);
	return fd;
}

/*
 * To close a descriptor of the database would drop the locks that SQLite has
 * on it (fcntl(2)), so one is opened that is none; whether there is a mark
 * shows when SQLite opens it.  A journal is never locked, and must not be
 * thought to be there.
 */
static int
our_stat(const char *name, struct stat *st)
{
	const char *rest;
	int root = read_name(name, &rest), fd, status, why;

	if (root < 0)
		return -1;
	if (slice_ends(slice_of(name), "-journal"))
		fd = open_marked(root, rest, O_RDONLY | O_NOCTTY);
	else
		fd = maildir_open_beneath(root, rest, O_PATH);
	if (fd < 0)
		return -1;
	status = fstat(fd, st);
	why = errno;
	close(fd);
	errno = why;
	return status;
}

static int
any_stat(const char *name, struct stat *st)
{
	return is_ours(name) ? our_stat(name, st) : their_stat(name, st);
}

static int
any_lstat(const char *name, struct stat *st)
{
	return is_ours(name) ? our_stat(name, st) : their_lstat(name, st);
}

static int
any_access(const char *name, int how)
{
	const char *last;
	int dir, status, why;

	if (!is_ours(name))
		return their_access(name, how);
	dir = open_parent(name, &last);
	if (dir < 0)
		return -1;
	status = faccessat(dir, last, how, AT_SYMLINK_NOFOLLOW);
	why = errno;
	close(dir);
	errno = why;
	return status;
}

typedef sqlite3_syscall_ptr call;

static int
teach(void)
{
	sqlite3_vfs *v;

	if (their_open != NULL)
		return 0;
	v = sqlite3_initialize() == SQLITE_OK ? sqlite3_vfs_find("unix") : NULL;
	if (v == NULL || v->iVersion < 3) {
		errno = ENOSYS;
		return -1;
	}
	their_open = (open_call *)v->xGetSystemCall(v, "open");
	their_stat = (stat_call *)v->xGetSystemCall(v, "stat");
	their_lstat = (stat_call *)v->xGetSystemCall(v, "lstat");
	their_access = (access_call *)v->xGetSystemCall(v, "access");
	their_unlink = (unlink_call *)v->xGetSystemCall(v, "unlink");
	v->xSetSystemCall(v, "open", (call)our_open);
	v->xSetSystemCall(v, "stat", (call)any_stat);
	v->xSetSystemCall(v, "lstat", (call)any_lstat);
	v->xSetSystemCall(v, "access", (call)any_access);
	v->xSetSystemCall(v, "unlink", (call)any_unlink);
	return 0;
}

int
index_beneath_name(int root, const char *path, char name[INDEX_NAME_MAX])
{
	int n = snprintf(name, INDEX_NAME_MAX, PREFIX "/%d/%s", root, path);

	if (n < 0 || n >= INDEX_NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return teach();
}

int
index_beneath_stat(const char *name, struct stat *st)
{
	return is_ours(name) ? our_stat(name, st) : stat(name, st);
}
