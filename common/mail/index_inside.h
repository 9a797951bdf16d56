/*
 * index_inside.h - what index*.c share.
 */
#ifndef INDEX_INSIDE_H
#define INDEX_INSIDE_H

#include <limits.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "mail/index.h"
#include "mail/index_write.h"

/* Another number with every change of the tables or of what is put in. */
#define INDEX_VERSION 2
#define INDEX_APP     0x42724964 /* "BrId", application_id of the file */

#define INDEX_READER_MS 3000 /* that a reader waits for the writer */
#define INDEX_WRITER_MS 1000 /* that the writer waits for readers */

struct index {
	sqlite3 *db; /* NULL: not open */
	dev_t dev;   /* of the file that is open */
	ino_t ino;
	bool held;
	char path[PATH_MAX]; /* of the database */
};

/*
 * What an error of SQLite is called here.
 */
int index_status_of(int sqlite_error);

/*
 * Is the file at path in order: ours, of this version, its pages sound?
 */
bool index_check(const char *path);

/*
 * Bind text or a name (bytes in no certain encoding, stored as a blob).
 */
void index_bind_text(sqlite3_stmt *, int at, struct slice);
void index_bind_name(sqlite3_stmt *, int at, const char *);

/*
 * A column of bytes; good until the next step.  And one as a name.
 */
struct slice index_column(sqlite3_stmt *, int at);
void index_column_name(sqlite3_stmt *, int at, char name[MAILDIR_NAME_MAX]);

/*
 * index_search.c: a scope as SQL, "WHERE ..." over message m, and its values
 * for the parameters ?1 to ?count.
 */
#define INDEX_VALUES_MAX (2 * SEARCH_TERMS_MAX + 4)

struct index_where {
	struct buf sql, memory;
	int count;
	struct index_value {
		enum { VALUE_NUMBER, VALUE_TEXT, VALUE_NAME } kind;
		int64_t number;
		size_t at, n; /* of a text, in memory */
	} value[INDEX_VALUES_MAX];
};

/*
 * id is NULL or the ID of the message meant.  Free it in any case.
 * index_where_bind returns 0 or an index_status.
 */
void index_where(
    struct index_where *, const struct index_scope *, const char *id);
int index_where_bind(const struct index_where *, sqlite3_stmt *);
void index_where_free(struct index_where *);

/*
 * index_open.c: see to it that the file that is at the path now is open.
 * Returns 0 or an index_status.
 */
int index_fresh(struct index *);

/*
 * Prepare a statement of the reader; *s is to be finalized.
 */
int index_prepare(struct index *, const char *sql, sqlite3_stmt **s);

#endif
