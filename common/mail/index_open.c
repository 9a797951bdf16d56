/*
 * index_open.c - opening the index for reading, and holding one state of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/mail_folder.h"
#include "mail/index_beneath.h"
#include "mail/index_inside.h"

const char *
index_words(int status)
{
	switch (status) {
	case INDEX_ABSENT:
		return "there is no index yet";
	case INDEX_BUSY:
		return "the index is busy";
	case INDEX_BROKEN:
		return "the index is no good";
	case INDEX_FULL:
		return "no room for the index";
	case INDEX_FAILED:
		return "the index cannot be read";
	default:
		return "fine";
	}
}

int
index_status_of(int error)
{
	switch (error & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return INDEX_BUSY;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY: /* a journal waits for the writer */
		return INDEX_ABSENT;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_ERROR: /* no such table: it is not ours */
		return INDEX_BROKEN;
	case SQLITE_FULL:
		return INDEX_FULL;
	default:
		return INDEX_FAILED;
	}
}

/* Without links, which SQLite is not to follow. */
static int
real_path(const char *maildir, char path[PATH_MAX])
{
	char real[PATH_MAX];

	if (realpath(maildir, real) == NULL)
		return -1;
	if (snprintf(path, PATH_MAX, "%s/" INDEX_FILE, real) < PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

void
index_bind_text(sqlite3_stmt *s, int at, struct slice t)
{
	sqlite3_bind_text64(
	    s, at, t.n == 0 ? "" : t.p, t.n, SQLITE_STATIC, SQLITE_UTF8);
}

void
index_bind_name(sqlite3_stmt *s, int at, const char *name)
{
	sqlite3_bind_blob64(s, at, name, strlen(name), SQLITE_STATIC);
}

struct slice
index_column(sqlite3_stmt *s, int at)
{
	const char *p = sqlite3_column_blob(s, at);

	return (struct slice){ p, (size_t)sqlite3_column_bytes(s, at) };
}

void
index_column_name(sqlite3_stmt *s, int at, char name[MAILDIR_NAME_MAX])
{
	slice_copy(index_column(s, at), name, MAILDIR_NAME_MAX);
}

static int64_t
number_of(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;
	int64_t v = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

static bool
is_ours(sqlite3 *db)
{
	return number_of(db, "PRAGMA application_id") == INDEX_APP &&
	    number_of(db, "PRAGMA user_version") == INDEX_VERSION;
}

/*
 * What a search reads it reads once, so more pages to keep them in are only
 * more memory to be got from the kernel: for two words that are in 10,000
 * messages 2 ms of 14.
 */
static const char reader[] =
    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -400";

static int
open_read_only(const char *path, sqlite3 **db)
{
	int e = sqlite3_open_v2(path, db,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX,
	    NULL);

	if (e == SQLITE_OK) {
		sqlite3_busy_timeout(*db, INDEX_READER_MS);
		sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_limit(*db, SQLITE_LIMIT_ATTACHED, 0);
		sqlite3_exec(*db, reader, NULL, NULL, NULL);
		e = index_found_teach(*db);
	}
	return e;
}

bool
index_check(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	bool sound = false;

	if (open_read_only(path, &db) == SQLITE_OK && is_ours(db) &&
	    sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &s, NULL) ==
		SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		sound = slice_is(index_column(s, 0), "ok");
	sqlite3_finalize(s);
	sqlite3_close(db);
	return sound;
}

struct index *
index_open(const char *path)
{
	struct index *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	if (real_path(path, x->path) == 0)
		return x;
	free(x);
	return NULL;
}

struct index *
index_open_at(int root)
{
	struct index *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	if (index_beneath_name(root, INDEX_FILE, x->path) == 0)
		return x;
	free(x);
	return NULL;
}

void
index_close(struct index *x)
{
	if (x == NULL)
		return;
	sqlite3_close(x->db);
	free(x);
}

int
index_fresh(struct index *x)
{
	struct stat st;
	int e;

	if (x->held)
		return 0;
	if (index_beneath_stat(x->path, &st) < 0 || st.st_size == 0)
		return INDEX_ABSENT;
	if (x->db != NULL && st.st_dev == x->dev && st.st_ino == x->ino)
		return 0;
	sqlite3_close(x->db);
	x->db = NULL;
	e = open_read_only(x->path, &x->db);
	if (e == SQLITE_OK && !is_ours(x->db)) {
		e = sqlite3_errcode(x->db);
		e = e == SQLITE_OK || e == SQLITE_DONE ? SQLITE_CANTOPEN : e;
	}
	if (e != SQLITE_OK) {
		sqlite3_close(x->db);
		x->db = NULL;
	}
	/* If it was replaced between the two, the next call sees it. */
	x->dev = st.st_dev;
	x->ino = st.st_ino;
	return index_status_of(e);
}

int
index_prepare(struct index *x, const char *sql, sqlite3_stmt **s)
{
	int status = index_fresh(x);

	*s = NULL;
	if (status < 0)
		return status;
	return index_status_of(sqlite3_prepare_v2(x->db, sql, -1, s, NULL));
}

int
index_step(sqlite3_stmt *s)
{
	int e = sqlite3_step(s);

	return e == SQLITE_ROW ? 1 : index_status_of(e);
}

/* A transaction begins with its first look. */
int
index_hold(struct index *x)
{
	int status = index_fresh(x);

	if (status < 0)
		return status;
	status = index_status_of(sqlite3_exec(
	    x->db, "BEGIN; SELECT 1 FROM state;", NULL, NULL, NULL));
	x->held = status == 0;
	if (!x->held)
		sqlite3_exec(x->db, "ROLLBACK", NULL, NULL, NULL);
	return status;
}

void
index_let(struct index *x)
{
	if (x->held)
		sqlite3_exec(x->db, "COMMIT", NULL, NULL, NULL);
	x->held = false;
}

void
index_mailbox(const char *folder, struct buf *out)
{
	struct buf text;

	if (folder[0] == '\0') {
		buf_addz(out, "INBOX");
		return;
	}
	buf_init(&text, MAILDIR_NAME_MAX);
	if (mail_folder_text(slice_of(folder), &text) == 0)
		buf_adds(out, buf_slice(&text));
	else
		buf_addz(out, folder + 1);
	buf_free(&text);
}
