/*
 * upload_file.c - one file on its way into a folder.
 */
#include "httpd/upload_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/clock.h"
#include "system/io.h"

#define MODE    0644
#define FD_PATH 32 /* bytes of "/proc/self/fd/N" */

int
upload_file_check(int dir, const char *name, bool overwrite, bool *there)
{
	struct stat st;

	*there = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (!*there)
		return 0;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return overwrite && S_ISREG(st.st_mode) ? 0 : EEXIST;
}

/* A name that nobody else has chosen. */
static void
choose_part(struct upload_file *f)
{
	snprintf(f->part, sizeof(f->part), "%s%d-%ju", UPLOAD_PART,
	    (int)getpid(), (uintmax_t)clock_us());
}

int
upload_file_begin(struct upload_file *f, int dir)
{
	*f = (struct upload_file){ .dir = dir, .fd = -1 };
	/* Its name is given by way of /proc. */
	if (faccessat(AT_FDCWD, "/proc/self/fd", F_OK, 0) == 0)
		f->fd =
		    openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, MODE);
	if (f->fd >= 0)
		return 0;
	choose_part(f);
	f->fd = openat(dir, f->part,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);
	if (f->fd < 0)
		f->part[0] = '\0';
	return f->fd < 0 ? errno : 0;
}

int
upload_file_add(struct upload_file *f, struct slice piece, uint64_t most)
{
	if (piece.n > most - f->n)
		return EFBIG;
	f->n += piece.n;
	return io_write_all(f->fd, piece.p, piece.n) < 0 ? errno : 0;
}

static int
link_it(const struct upload_file *f, const char *name)
{
	char path[FD_PATH];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, path, f->dir, name, AT_SYMLINK_FOLLOW) < 0 ?
	    errno :
	    0;
}

int
upload_file_name(struct upload_file *f, const char *name, bool overwrite)
{
	int error = fsync(f->fd) < 0 ? errno : 0, done;

	if (error != 0)
		return error;
	if (f->part[0] == '\0') {
		error = link_it(f, name);
		if (error != EEXIST || !overwrite)
			return error != 0     ? error :
			    fsync(f->dir) < 0 ? errno :
						0;
		/* A link replaces nothing; a file that is renamed does. */
		choose_part(f);
		error = link_it(f, f->part);
		if (error != 0) {
			f->part[0] = '\0';
			return error;
		}
	}
	done = overwrite ?
	    renameat(f->dir, f->part, f->dir, name) :
	    renameat2(f->dir, f->part, f->dir, name, RENAME_NOREPLACE);
	if (done < 0)
		return errno;
	f->part[0] = '\0';
	return fsync(f->dir) < 0 ? errno : 0;
}

void
upload_file_drop(struct upload_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->part[0] != '\0')
		unlinkat(f->dir, f->part, 0);
	f->fd = -1;
	f->part[0] = '\0';
}
