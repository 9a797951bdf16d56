/*
 * root.c - the directory that is served, and its being replaced.
 */
#include "httpd/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd/root_find.h"
#include "httpd/root_name.h"
#include "httpd/root_names.h"
#include "httpd/site.h"
#include "httpd/upload_folder.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/pages.h"
#include "system/path.h"

#define LOOK_EVERY_MS 50
#define AGAIN_MS      50 /* browsers follow 20 redirections, and a reload lasts */

static const char *path = ""; /* root_name() */
static bool found_by_name;    /* by whom children are */
static int watching = -1;

/* ---- what is open, and what has the name ---- */

/* An inode's number is soon used again: the one that is open must live. */
static bool
is_open(const struct stat *named)
{
	struct stat st;

	return fstat(site.root, &st) == 0 && st.st_nlink > 0 &&
	    st.st_dev == named->st_dev && st.st_ino == named->st_ino;
}

/* In place of the one that was open. */
static bool
take(int fd)
{
	if (fd < 0)
		return false;
	if (dup3(fd, site.root, O_CLOEXEC) < 0) {
		close(fd); /* what is restored may not (sandbox/restored.h) */
		return false;
	}
	close(fd);
	return true;
}

bool
root_open(const struct privdrop *user, bool follows)
{
	int why;

	path = root_name();
	site.root = root_find(user, site.dir, path, &found_by_name);
	if (site.root >= 0)
		return true;
	why = errno;
	/* In its place, what is no directory and never will be. */
	if (follows && path[0] != '\0')
		site.root = open("/dev/null", O_PATH | O_CLOEXEC);
	if (site.root < 0)
		die(EXIT_CONFIG, "%s: %s", site.dir, strerror(why));
	return false;
}

bool
root_is_found(void)
{
	return found_by_name;
}

/* ---- in the master ---- */

/* The other name that is watched, NULL if there is none. */
static const char *
other_path(void)
{
	return site.upload == NULL ? NULL : upload_folder_path();
}

int
root_watch(struct service *s)
{
	(void)s;
	if (path[0] == '\0')
		return -1;
	watching = root_names_watch(path, other_path());
	if (watching < 0)
		log_warn("%s: cannot see when it is replaced: inotify: %s",
		    site.dir, strerror(errno));
	return watching;
}

bool
root_moved(struct service *s)
{
	struct stat st;
	bool moved;

	if (!root_names_changed(watching, path, other_path()) ||
	    stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return false;
	moved = !is_open(&st) && take(root_find(s->user, path, NULL, NULL));
	if (site.upload != NULL && s->path_count > 0)
		moved |= upload_folder_moved(s);
	return moved;
}

/* ---- in a child ---- */

static int
answer_absent(struct exchange *x)
{
	x->close = true; /* another process may see it sooner */
	return web_page_with(x, 503,
	    "the folder is not there just now; this page looks again "
	    "by itself",
	    "Retry-After: 1\r\nRefresh: 1\r\nCache-Control: no-store\r\n");
}

/*
 * What this process may read was settled before the folder was replaced: the
 * next one may read the other, if not at once.
 */
static int
go_again(struct exchange *x)
{
	int64_t left = clock_left_ms(x->until_ms);

	if (left > 0)
		return web_later(x, -1, left, go_again);
	web_redirect(x, 307, x->r->target);
	web_fieldz(x, "Cache-Control", "no-store");
	return 0;
}

static int
answer_again(struct exchange *x)
{
	x->close = true;
	if (!web_reads(x))
		return answer_absent(x);
	x->until_ms = clock_ms() + AGAIN_MS;
	return go_again(x);
}

/* Its mode would let us, and the sandbox does not? */
static bool
is_foreign(void)
{
	int fd = openat(site.root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EACCES &&
	    faccessat(site.root, ".", R_OK | X_OK, AT_EACCESS) == 0;
}

/* All that is known to who may not look: what is open has no name any more. */
static bool
is_removed(void)
{
	struct stat st;

	return fstat(site.root, &st) == 0 && st.st_nlink == 0;
}

/* The name means another directory than the one that is open. */
static bool
take_other(void)
{
	return take(path_root(path)) && !is_foreign();
}

bool
root_is_there(struct exchange *x, int *done)
{
	static PAGES_TOGETHER int64_t looked_ms = -LOOK_EVERY_MS;
	static PAGES_TOGETHER enum { THERE, ABSENT, FOREIGN } found;
	struct stat st;

	if (path[0] == '\0')
		return true;
	if (clock_ms() - looked_ms >= LOOK_EVERY_MS) {
		looked_ms = clock_ms();
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
			if (!is_open(&st))
				found = take_other() ? THERE : FOREIGN;
			else if (found == ABSENT)
				found = THERE;
		} else {
			found =
			    errno != EACCES || is_removed() ? ABSENT : THERE;
		}
	}
	if (found != THERE)
		*done = found == ABSENT ? answer_absent(x) : answer_again(x);
	return found == THERE;
}

bool
root_is_gone(struct exchange *x, int *done)
{
	struct stat st;

	if (path[0] == '\0' || !is_removed())
		return false;
	*done = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? answer_again(x) :
							      answer_absent(x);
	return true;
}

bool
root_is_ours(struct exchange *x, int *done)
{
	if (path[0] == '\0' || !is_foreign())
		return true;
	*done = answer_again(x);
	return false;
}
