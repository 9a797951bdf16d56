/*
 * index_make.c - the file of the index: taking it, making it, replacing it.
 *
 * A new file gets its tables under another name and is then put into its
 * place, so that no reader meets one that has none.  What the writer does is
 * safe against its own death, but is not waited for on the disk: it can be
 * made again.  So the file says in which boot of the machine it was being
 * written; another one does not trust it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "mail/index_writer.h"
#include "mail/maildir_open.h"
#include "system/clock.h"
#include "system/io.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define JOURNAL "-journal"
#define FRESH   INDEX_FILE ".new"

static const char tables[] =
    "BEGIN;"
    "CREATE TABLE state (generation INTEGER, complete INTEGER, boot TEXT);"
    "INSERT INTO state VALUES (0, 0, '');"
    /* first: of the rows with this ID, the one that is listed when folders
     * do not matter.  All of it is short, for it is looked through. */
    "CREATE TABLE message (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, "
    "folder BLOB, base BLOB, name BLOB, part INTEGER, first INTEGER, "
    "seen INTEGER, created INTEGER, size INTEGER, written INTEGER, "
    "attachments INTEGER, "
    "inlines INTEGER, mailbox TEXT, tags TEXT, message_id TEXT, from_ TEXT, "
    "to_ TEXT, cc TEXT, bcc TEXT, reply_to TEXT, subject TEXT);"
    "CREATE UNIQUE INDEX message_by_file ON message (folder, base);"
    "CREATE INDEX message_by_id ON message (id);"
    /* What lists and searches look through: each holds all that they ask
     * of a message, so that its row is not fetched. */
    "CREATE INDEX message_by_date ON message (first, created, n, seen);"
    "CREATE INDEX message_in_folder ON message (folder, created, n, seen);"
    /* How many there are, in each folder and in 'all' (those that are
     * first), so that nobody has to count. */
    "CREATE TABLE tally (folder BLOB PRIMARY KEY, total INTEGER, "
    "unread INTEGER) WITHOUT ROWID;"
    "INSERT INTO tally VALUES ('all', 0, 0);"
    "CREATE TRIGGER message_comes AFTER INSERT ON message BEGIN "
    "INSERT INTO tally VALUES (new.folder, 1, new.seen = 0) "
    "ON CONFLICT DO UPDATE SET total = total + 1, "
    "unread = unread + (new.seen = 0); "
    "UPDATE tally SET total = total + 1, unread = unread + (new.seen = 0) "
    "WHERE folder = 'all' AND new.first = 1; END;"
    "CREATE TRIGGER message_goes AFTER DELETE ON message BEGIN "
    "UPDATE tally SET total = total - 1, unread = unread - (old.seen = 0) "
    "WHERE folder = old.folder; "
    "DELETE FROM tally WHERE folder = old.folder AND total = 0; "
    "UPDATE tally SET total = total - 1, unread = unread - (old.seen = 0) "
    "WHERE folder = 'all' AND old.first = 1; END;"
    "CREATE TRIGGER message_changes AFTER UPDATE OF seen, first ON message "
    "BEGIN "
    "UPDATE tally SET unread = unread + (new.seen = 0) - (old.seen = 0) "
    "WHERE folder = new.folder; "
    "UPDATE tally SET total = total + new.first - old.first, "
    "unread = unread + (new.first = 1 AND new.seen = 0) - "
    "(old.first = 1 AND old.seen = 0) WHERE folder = 'all'; END;"
    "CREATE TABLE tag (n INTEGER, name TEXT, folded TEXT, "
    "PRIMARY KEY (n, name)) WITHOUT ROWID;"
    "CREATE INDEX tag_by_name ON tag (folded, n);"
    "CREATE TABLE document (n INTEGER PRIMARY KEY, summary TEXT, "
    "json TEXT);"
    "CREATE TABLE body (n INTEGER PRIMARY KEY, text TEXT);"
    "CREATE VIRTUAL TABLE words USING fts5 (text, content = 'body', "
    "content_rowid = 'n', tokenize = 'trigram');"
    "CREATE VIRTUAL TABLE pieces USING fts5vocab (words, instance);"
    "CREATE TABLE gone (n INTEGER PRIMARY KEY);"
    "COMMIT;";

static int
run(sqlite3 *db, const char *sql)
{
	return index_status_of(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

/* Read once: later, a sandbox may be in the way. */
static const char *
boot_id(void)
{
	static char id[64];
	int fd;
	ssize_t n;

	if (id[0] != '\0')
		return id;
	fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : io_read_all(fd, id, 36);
	id[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
	return id;
}

static int
open_file(const char *path, int more, sqlite3 **db)
{
	int status = index_status_of(sqlite3_open_v2(path, db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX |
		more,
	    NULL));

	sqlite3_busy_timeout(*db, INDEX_WRITER_MS);
	sqlite3_exec(*db, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
	return status;
}

/* The last part of a path, as the file is called in the index's directory. */
#define NAME(path) (strrchr((path), '/') + 1)

/* Remove a new database and its journal, which must never meet another one. */
static void
discard_fresh(const struct index_writer *w)
{
	unlinkat(w->dir, NAME(FRESH), 0);
	unlinkat(w->dir, NAME(FRESH JOURNAL), 0);
}

static void
close_file(struct index_writer *w)
{
	index_sql_free(w);
	sqlite3_close(w->db);
	w->db = NULL;
	w->begun = w->dirty = false;
}

/* The new file takes the place of the old one. */
static int
put_in_place(struct index_writer *w)
{
	unlinkat(w->dir, NAME(INDEX_FILE JOURNAL), 0);
	return renameat(w->dir, NAME(FRESH), w->dir, NAME(INDEX_FILE)) < 0 ?
	    INDEX_FAILED :
	    0;
}

static int
make_file(struct index_writer *w)
{
	char sql[256];
	sqlite3 *db = NULL;
	int status;

	/* Later than all before, also of a file that is gone. */
	if (w->generation < clock_wall_us())
		w->generation = clock_wall_us();
	discard_fresh(w);
	status = open_file(w->fresh, SQLITE_OPEN_CREATE, &db);
	snprintf(sql, sizeof(sql),
	    "PRAGMA synchronous = OFF; PRAGMA auto_vacuum = INCREMENTAL;"
	    "PRAGMA application_id = %d; PRAGMA user_version = %d;",
	    INDEX_APP, INDEX_VERSION);
	if (status == 0)
		status = run(db, sql);
	if (status == 0)
		status = run(db, tables);
	snprintf(sql, sizeof(sql), "UPDATE state SET generation = %lld",
	    (long long)w->generation);
	if (status == 0)
		status = run(db, sql);
	sqlite3_close(db);
	return status < 0 ? status : put_in_place(w);
}

/* All that stands in the file now, in a new one. */
static int
copy_file(struct index_writer *w)
{
	int from = maildir_open_beneath(w->root, INDEX_FILE, O_RDONLY);
	int to, status = INDEX_FAILED;
	ssize_t n = -1;

	discard_fresh(w);
	to = maildir_make_beneath(
	    w->root, FRESH, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (from >= 0 && to >= 0 && index_beneath_mark(to) == 0)
		while ((n = copy_file_range(
			    from, NULL, to, NULL, (size_t)1 << 30, 0)) > 0)
			;
	if (n == 0)
		status = 0;
	if (from >= 0)
		close(from);
	if (to >= 0 && close(to) < 0)
		status = INDEX_FAILED;
	if (status == 0 && !index_check(w->fresh))
		status = INDEX_BROKEN;
	return status < 0 ? status : put_in_place(w);
}

static int64_t
number_of(struct index_writer *w, const char *sql)
{
	sqlite3_stmt *s;
	int64_t v = -1;

	if (sqlite3_prepare_v2(w->db, sql, -1, &s, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

/* Is it from this boot, or left in order?  Then it is ours to write. */
static int
claim(struct index_writer *w)
{
	const char *boot = boot_id();
	char sql[256];

	snprintf(sql, sizeof(sql),
	    "SELECT count(*) FROM state WHERE boot IN ('', '%s')", boot);
	if (number_of(w, sql) != 1)
		return INDEX_BROKEN;
	w->generation = number_of(w, "SELECT generation FROM state");
	snprintf(sql, sizeof(sql),
	    "PRAGMA synchronous = FULL; UPDATE state SET boot = '%s';"
	    "PRAGMA synchronous = OFF; PRAGMA secure_delete = OFF;",
	    boot);
	return run(w->db, sql);
}

/* The lock taken for a moment rolls back what a dead writer left. */
static int
open_there(struct index_writer *w)
{
	int status = open_file(w->path, 0, &w->db);

	if (status == 0)
		status = run(w->db, "BEGIN IMMEDIATE; COMMIT;");
	if (status == 0 && !index_check(w->path))
		status = INDEX_BROKEN;
	if (status == 0)
		status = claim(w);
	if (status < 0)
		close_file(w);
	return status;
}

static int
start_anew(struct index_writer *w)
{
	int status = make_file(w);

	return status < 0 ? status : open_there(w);
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
	return w->lock < 0 ? -1 : flock(w->lock, LOCK_EX | LOCK_NB);
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
	close_file(w);
	if (index_is_displaced(w))
		return INDEX_FAILED;
	if (status == 0)
		status = copy_file(w);
	if (status == 0)
		status = open_there(w);
	return status < 0 ? start_anew(w) : 0;
}

static int
open_any(struct index_writer *w, const char **why)
{
	int status = open_there(w);
	struct stat st;

	*why = NULL;
	if (status == 0)
		return 0;
	if (status == INDEX_BUSY) {
		*why = "somebody holds a lock on it";
		return index_renew(w, status);
	}
	*why = fstatat(w->dir, NAME(INDEX_FILE), &st, AT_SYMLINK_NOFOLLOW) < 0 ?
	    NULL :
	    "it is damaged, of another version, or not ours";
	return start_anew(w);
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
	    index_beneath_name(root, FRESH, w->fresh) == 0) {
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
		run(w->db,
		    "PRAGMA synchronous = FULL; UPDATE state SET boot = '';");
	}
	close_file(w);
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
