/*
 * store_dirs.c - the directories of the Maildir: moving and spreading.
 */
#include "smtpd/store_dirs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "smtpd/store.h"
#include "system/log.h"
#include "system/pages.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)

/* Take a name back; the reason for it stays in errno. */
static void
take_back(int dir, const char *name)
{
	int why = errno;

	if (store_ops.unlink(dir, name) < 0 && errno != ENOENT)
		log_error("%s cannot be taken back: %s", name, strerror(errno));
	errno = why;
}

int
store_move(const char *name, bool full)
{
	if (store_ops.rename(store_dirs.tmp, name, store_dirs.new, name) < 0) {
		if (errno != EXDEV || store_copy(name, store_dirs.new) < 0)
			return -1;
		store_ops.unlink(store_dirs.tmp, name);
	}
	if (!full || store_ops.fsync(store_dirs.new) == 0)
		return 0;
	take_back(store_dirs.new, name);
	return -1;
}

static PAGES_TOGETHER unsigned made; /* folders, in this conversation */

void
store_meet(void)
{
	made = 0;
}

/* How many folders there are, as far as it matters. */
static size_t
count_folders(void)
{
	int fd = openat(store_dirs.root, ".", DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	size_t n = 0;

	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return STORE_FOLDERS_MAX;
	}
	while (n < STORE_FOLDERS_MAX && (e = readdir(d)) != NULL)
		n += e->d_name[0] == '.' && e->d_name[1] != '\0' &&
		    e->d_name[1] != '.';
	closedir(d);
	return n;
}

/* Make the folder and what must be in it; full: for good. */
static int
make_folder(const char *folder, bool full)
{
	static const char *const parts[] = { "tmp", "cur", "new" };
	int dir, mark, status = 0;

	if (made >= STORE_FOLDERS_EACH ||
	    count_folders() >= STORE_FOLDERS_MAX) {
		errno = EMLINK;
		return -1;
	}
	made++;
	if (store_ops.mkdir(store_dirs.root, folder) < 0 && errno != EEXIST)
		return -1;
	dir = store_ops.open(store_dirs.root, folder, DIRECTORY, 0);
	if (dir < 0)
		return -1;
	for (size_t i = 0; i < 3 && status == 0; i++)
		if (store_ops.mkdir(dir, parts[i]) < 0 && errno != EEXIST)
			status = -1;
	/* Maildir++: so that others know it for a folder. */
	mark = store_ops.open(
	    dir, "maildirfolder", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (mark >= 0)
		store_ops.close(mark);
	if (status == 0 && full &&
	    (store_ops.fsync(dir) < 0 || store_ops.fsync(store_dirs.root) < 0))
		status = -1;
	store_ops.close(dir);
	return status;
}

/* Open new/ of a folder, making the folder if need be. */
static int
open_new(struct slice folder, bool full)
{
	char path[NAME_MAX + 8];
	int fd;

	snprintf(path, sizeof(path), "%.*s/new", SLICE_FMT(folder));
	fd = store_ops.open(store_dirs.root, path, DIRECTORY, 0);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	path[folder.n] = '\0';
	if (make_folder(path, full) < 0)
		return -1;
	path[folder.n] = '/';
	return store_ops.open(store_dirs.root, path, DIRECTORY, 0);
}

static int
give(const char *name, struct slice folder, bool full)
{
	int dir = open_new(folder, full), status = 0;

	if (dir < 0)
		return -1;
	status = store_ops.link(store_dirs.tmp, name, dir, name);
	if (status < 0 && errno == EXDEV)
		status = store_copy(name, dir);
	if (status < 0) {
		/* It was given to this folder before: twice counts once. */
		status = errno == EEXIST ? 0 : -1;
	} else if (full && store_ops.fsync(dir) < 0) {
		take_back(dir, name);
		status = -1;
	}
	store_ops.close(dir);
	return status;
}

static void
take_all_back(const char *name, struct slice folders)
{
	int why = errno;

	while (folders.n > 0) {
		int dir = open_new(slice_cut(&folders, '\n'), false);

		if (dir < 0)
			continue;
		take_back(dir, name);
		store_ops.close(dir);
	}
	errno = why;
}

int
store_spread(const char *name, struct slice folders, bool full)
{
	struct slice rest = folders;

	while (rest.n > 0) {
		struct slice folder = slice_cut(&rest, '\n');

		if (give(name, folder, full) == 0)
			continue;
		take_all_back(name, slice_between(folders.p, folder.p));
		return -1;
	}
	return 0;
}
