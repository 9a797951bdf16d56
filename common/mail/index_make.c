/*
 * index_make.c - the file of the index: opening it, making it, replacing it.
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
#include <unistd.h>

#include "mail/index_writer.h"
#include "mail/maildir_open.h"
#include "system/clock.h"
#include "system/io.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define JOURNAL "-journal"
#define FRESH   INDEX_FRESH

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

/* Remove a new database and its journal, which must never meet another one. */
static void
discard_fresh(const struct index_writer *w)
{
	unlinkat(w->dir, INDEX_NAME(FRESH), 0);
	unlinkat(w->dir, INDEX_NAME(FRESH JOURNAL), 0);
}

void
index_file_close(struct index_writer *w)
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
	unlinkat(w->dir, INDEX_NAME(INDEX_FILE JOURNAL), 0);
	return renameat(w->dir, INDEX_NAME(FRESH), w->dir,
		   INDEX_NAME(INDEX_FILE)) < 0 ?
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
		status = run(db, index_tables);
	snprintf(sql, sizeof(sql), "UPDATE state SET generation = %lld",
	    (long long)w->generation);
	if (status == 0)
		status = run(db, sql);
	sqlite3_close(db);
	return status < 0 ? status : put_in_place(w);
}

/* All that stands in the file now, in a new one. */
int
index_file_copy(struct index_writer *w)
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
int
index_file_open(struct index_writer *w)
{
	int status = open_file(w->path, 0, &w->db);

	if (status == 0)
		status = run(w->db, "BEGIN IMMEDIATE; COMMIT;");
	if (status == 0 && !index_check(w->path))
		status = INDEX_BROKEN;
	if (status == 0)
		status = claim(w);
	if (status < 0)
		index_file_close(w);
	return status;
}

int
index_file_anew(struct index_writer *w)
{
	int status = make_file(w);

	return status < 0 ? status : index_file_open(w);
}
