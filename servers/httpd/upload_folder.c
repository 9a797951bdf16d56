/*
 * upload_folder.c - the folder of --upload.
 */
#include "httpd/upload_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "httpd/site.h"
#include "httpd/upload_file.h"
#include "sandbox/as_user.h"
#include "sandbox/privdrop.h"
#include "service/server.h"
#include "system/log.h"

#define LEFT_S    3600   /* who writes to a file does so more often */
#define SWEEP_MAX 100000 /* names are looked at, lest the start takes long */

static char below[PATH_MAX]; /* the folder, below the site's: "", "in/" */
static char where[PATH_MAX]; /* the same as a path */

static bool
is_left(const FTSENT *e, time_t now)
{
	return e->fts_info == FTS_F &&
	    strncmp(e->fts_name, UPLOAD_PART, strlen(UPLOAD_PART)) == 0 &&
	    e->fts_statp->st_mtime < now - LEFT_S;
}

/* Remove what a process that was killed has left: it is nobody's file. */
static void
sweep(void)
{
	char *const paths[] = { where, NULL };
	FTS *all = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	time_t now = time(NULL);
	FTSENT *e;

	if (all == NULL)
		return;
	for (size_t n = 0; n < SWEEP_MAX && (e = fts_read(all)) != NULL; n++)
		if (is_left(e, now))
			unlink(e->fts_accpath);
	fts_close(all);
}

static int
try_it(const void *context, int fd[AS_USER_FDS_MAX], const char **what)
{
	(void)context;
	fd[0] = -1; /* nothing comes back */
	*what = where;
	if (faccessat(AT_FDCWD, where, W_OK | X_OK, AT_EACCESS) < 0)
		return -1;
	sweep();
	return 0;
}

/* DIR as a path below the site's folder, or one that lies in it. */
static bool
find_folder(void)
{
	char top[PATH_MAX], real[PATH_MAX], joined[PATH_MAX];
	size_t n;

	if (snprintf(joined, sizeof(joined), "%s/%s", site.dir, site.upload) >=
	    (int)sizeof(joined))
		return false;
	if ((site.upload[0] == '/' || realpath(joined, real) == NULL) &&
	    realpath(site.upload, real) == NULL)
		return false;
	if (realpath(site.dir, top) == NULL)
		return false;
	n = strlen(top);
	if (strncmp(real, top, n) != 0 || (real[n] != '\0' && real[n] != '/')) {
		errno = EXDEV;
		return false;
	}
	snprintf(where, sizeof(where), "%s", real);
	snprintf(below, sizeof(below), "%s%s",
	    real[n] == '\0' ? "" : real + n + 1, real[n] == '\0' ? "" : "/");
	return true;
}

void
upload_folder_prepare(const struct privdrop *user, struct sandbox_path *path)
{
	static const struct privdrop ourselves;
	int fd[AS_USER_FDS_MAX];
	const char *what = "";
	struct stat st;

	if (!find_folder() || stat(where, &st) < 0)
		die(EXIT_CONFIG, "--upload %s: %s", site.upload,
		    errno == EXDEV ? "not a folder of the site" :
				     strerror(errno));
	if (!S_ISDIR(st.st_mode))
		die(EXIT_CONFIG, "--upload %s: not a folder", site.upload);
	if (as_user(user == NULL ? &ourselves : user, try_it, NULL, fd, &what) <
	    0)
		die(EXIT_CONFIG,
		    "--upload %s: the user of the server's processes cannot "
		    "write there: give it to that user (chown)",
		    site.upload);
	*path = (struct sandbox_path){ .path = where, .right = SANDBOX_WRITE };
}

bool
upload_folder_holds(struct slice path)
{
	return slice_starts(slice_from(path, 1), below);
}
