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

#include "httpd/root_find.h"
#include "httpd/root_name.h"
#include "httpd/site.h"
#include "httpd/upload_file.h"
#include "sandbox/as_user.h"
#include "sandbox/privdrop.h"
#include "service/server.h"
#include "system/log.h"
#include "system/path.h"

#define LEFT_S       3600   /* who writes to a file does so more often */
#define SWEEP_MAX    100000 /* names are looked at, lest the start takes long */
#define PATHS_BEFORE 1      /* of the service: the site's */

/* The folder, below the site's: "", "in/"; "/", which is nowhere. */
static char below[PATH_MAX] = "/";
static char where[PATH_MAX];  /* the same as a path */
static char called[PATH_MAX]; /* by which it is looked for, with its links */
static int opened = -1;       /* the same */

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
	const char *dir = root_name()[0] == '/' ? root_name() : site.dir;
	char top[PATH_MAX], real[PATH_MAX];
	size_t n;

	if (site.upload[0] == '/')
		dir = "";
	if (snprintf(called, sizeof(called), "%s/%s", dir, site.upload) >=
	    (int)sizeof(called))
		return false;
	if (realpath(called, real) == NULL) {
		if (realpath(site.upload, real) == NULL)
			return false;
		strcpy(called, real);
	}
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

/* Leave open the one that has the name now.  Returns -1 when there is none. */
static int
let_in(struct service *s)
{
	struct sandbox_path p = { .path = where, .right = SANDBOX_WRITE };

	if (opened >= 0)
		close(opened);
	s->path_count = PATHS_BEFORE;
	opened = p.fd = root_find(s->user, where, NULL, NULL);
	if (opened < 0)
		return -1;
	s->paths[s->path_count++] = p;
	return 0;
}

void
upload_folder_prepare(struct service *s)
{
	static const struct privdrop ourselves;
	const struct privdrop *user = s->user == NULL ? &ourselves : s->user;
	int fd[AS_USER_FDS_MAX];
	const char *what = "";

	if (!find_folder() || let_in(s) < 0) {
		if (s->follows) {
			if (site.upload[0] != '/')
				snprintf(
				    below, sizeof(below), "%s/", site.upload);
			return;
		}
		die(EXIT_CONFIG, "--upload %s: %s", site.upload,
		    errno == EXDEV       ? "not a folder of the site" :
			errno == ENOTDIR ? "not a folder" :
					   strerror(errno));
	}
	if (!s->follows && as_user(user, try_it, NULL, fd, &what) < 0)
		die(EXIT_CONFIG, "--upload %s: %s", site.upload,
		    errno == EROFS ?
			"it is on a file system that is read-only" :
			"the user of the server's processes cannot write "
			"there: give it to that user (chown)");
}

const char *
upload_folder_path(void)
{
	return called;
}

bool
upload_folder_moved(struct service *s)
{
	struct stat named, st;

	if (!find_folder() || stat(where, &named) < 0)
		return false;
	/* An inode's number is soon used again: the one that is open lives. */
	if (opened >= 0 && fstat(opened, &st) == 0 &&
	    st.st_dev == named.st_dev && st.st_ino == named.st_ino)
		return false;
	return let_in(s) == 0;
}

bool
upload_folder_holds(struct slice path)
{
	return slice_starts(slice_from(path, 1), below);
}
