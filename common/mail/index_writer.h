/*
 * index_writer.h - the inside of index_write*.c.
 */
#ifndef INDEX_WRITER_H
#define INDEX_WRITER_H

#include <string.h>

#include "mail/index_beneath.h"
#include "mail/index_inside.h"

enum index_sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_GENERATION,
	SQL_COMPLETE,
	SQL_KNOWS,
	SQL_ADD,
	SQL_ADD_DOCUMENT,
	SQL_ADD_BODY,
	SQL_ADD_WORDS,
	SQL_ADD_TAG,
	SQL_DROP_TAGS,
	SQL_MOVED,
	SQL_ID_OF,
	SQL_REMOVE,
	SQL_REMOVE_DOCUMENT,
	SQL_GONE,
	SQL_PROMOTE,
	SQL_NUMBERS,
	SQL_NAMES,
	SQL_OLDEST,
	SQL_COUNT,
	SQL_SWEEP,
	SQL_SWEEP_WORDS,
	SQL_SWEEP_BODY,
	SQL_SWEEP_GONE,
	SQL_COUNT_OF
};

struct index_writer {
	sqlite3 *db;
	sqlite3_stmt *s[SQL_COUNT_OF]; /* prepared when first used */
	int root, dir, lock;           /* the Maildir, INDEX_DIR in it, and
					* the file that says who has that */
	bool begun, dirty;
	int behind; /* an index_status: why it is, or 0 */
	int64_t generation;
	char path[INDEX_NAME_MAX], fresh[INDEX_NAME_MAX]; /* the file, and a
							    * new one */
};

/*
 * A statement, reset and without values; NULL if it cannot be prepared
 * (sqlite3_errcode of the database says why).
 */
sqlite3_stmt *index_sql(struct index_writer *, enum index_sql);

/*
 * Run it to its end: 0 or an index_status.  index_next: 1 for a row, 0 at the
 * end.  NULL is a failure to prepare.
 */
int index_run(struct index_writer *, sqlite3_stmt *);
int index_next(struct index_writer *, sqlite3_stmt *);

/*
 * Forget all of them.
 */
void index_sql_free(struct index_writer *);

/*
 * Tell those who wait that there is another generation.
 */
void index_tell(const struct index_writer *);

/*
 * index_tables.c: the SQL that makes them.
 */
extern const char index_tables[];

/*
 * index_make.c: a new file on its way, and how a file is called in the index's
 * directory.
 */
#define INDEX_FRESH      INDEX_FILE ".new"
#define INDEX_NAME(path) (strrchr((path), '/') + 1)

/*
 * Open the file that is there; make a new one and open it; put a copy of it,
 * with all that was committed, in its place.  Each returns 0 or an
 * index_status.
 */
int index_file_open(struct index_writer *);
int index_file_anew(struct index_writer *);
int index_file_copy(struct index_writer *);

/*
 * Forget it, with all statements.
 */
void index_file_close(struct index_writer *);

/*
 * index_tags.c: the names of a message's keywords as a JSON list; and have it
 * found by them.  Returns 0 or an index_status.
 */
void index_tags_list(
    const char *name, const struct maildir_keywords *, struct buf *json);
int index_tags_set(struct index_writer *, int64_t n, const char *name,
    const struct maildir_keywords *);

#endif
