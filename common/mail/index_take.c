/*
 * index_take.c - taking the index, so that nobody else writes it, and going on
 * after a failure.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "mail/index_writer.h"
#include "mail/maildir_open.h"

#define LOCK_TRIES 100 /* of 10 ms: one that was killed is not gone at once */

/* Returns 0, or -1 with errno: EWOULDBLOCK if another keeps it. */
static int
take_lock(int lock)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int i = 0; flock(lock, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK || i == LOCK_TRIES)
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* The directory, and that nobody else writes there. */
static int
take(struct index_writer *w)
{
	if (mkdirat(w->root, INDEX_DIR, 0700) == 0 || errno == EEXIST)
		w->dir = maildir_open_beneath(
		    w->root, INDEX_DIR, O_RDONLY | O_DIRECTORY);
	if (w->dir < 0)
		return -1;
	w->lock = openat(
	    w->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return w->lock < 0 ? -1 : take_lock(w->lock);
}

static void
leave(struct index_writer *w)
{
	if (w->lock >= 0)
		close(w->lock);
	if (w->dir >= 0)
		close(w->dir);
	w->lock = w->dir = -1;
}

bool
index_is_displaced(const struct index_writer *w)
{
	struct stat ours, there;

	return w->dir < 0 || fstat(w->dir, &ours) < 0 ||
	    fstatat(w->root, INDEX_DIR, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
	    ours.st_dev != there.st_dev || ours.st_ino != there.st_ino;
}

int
index_renew(struct index_writer *w, int why)
{
	int status = why == INDEX_BUSY ? 0 : INDEX_BROKEN;

	if (w->begun)
		index_rollback(w);
	index_file_close(w);
	if (index_is_displaced(w))
		return INDEX_FAILED;
	if (status == 0)
		status = index_file_copy(w);
	if (status == 0)
		status = index_file_open(w);
	return status < 0 ? index_file_anew(w) : 0;
}

static int
open_any(struct index_writer *w, const char **why)
{
	int status = index_file_open(w);
	struct stat st;

	*why = NULL;
	if (status == 0)
		return 0;
	if (status == INDEX_BUSY) {
		*why = "somebody holds a lock on it";
		return index_renew(w, status);
	}
	*why = fstatat(w->dir, INDEX_NAME(INDEX_FILE), &st,
		   AT_SYMLINK_NOFOLLOW) < 0 ?
	    NULL :
	    "it is damaged, of another version, or not ours";
	return index_file_anew(w);
}

struct index_writer *
index_writer_open(int root, const char **why)
{
	struct index_writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->dir = w->lock = -1;
	w->root = root;
	if (take(w) == 0 &&
	    index_beneath_name(root, INDEX_FILE, w->path) == 0 &&
	    index_beneath_name(root, INDEX_FRESH, w->fresh) == 0) {
		w->behind = index_behind(root);
		if (open_any(w, why) == 0)
			return w;
		errno = EIO;
	}
	index_writer_close(w);
	return NULL;
}

void
index_writer_close(struct index_writer *w)
{
	int kept = errno;

	if (w == NULL)
		return;
	if (w->begun)
		index_rollback(w);
	if (w->db != NULL) {
		index_sql_free(w);
		sqlite3_exec(w->db,
		    "PRAGMA synchronous = FULL; UPDATE state SET boot = '';",
		    NULL, NULL, NULL);
	}
	index_file_close(w);
	leave(w);
	free(w);
	errno = kept;
}

bool
index_is_sound(const struct index_writer *w)
{
	struct stat st;
	sqlite3_file *f = NULL;
	int moved = 0;

	if (w->db == NULL || index_beneath_stat(w->path, &st) < 0 ||
	    !S_ISREG(st.st_mode))
		return false;
	/* Another file stands there by now? */
	if (sqlite3_file_control(w->db, NULL, SQLITE_FCNTL_FILE_POINTER, &f) !=
		SQLITE_OK ||
	    sqlite3_file_control(w->db, NULL, SQLITE_FCNTL_HAS_MOVED, &moved) !=
		SQLITE_OK ||
	    moved != 0)
		return false;
	return index_check(w->path);
}
