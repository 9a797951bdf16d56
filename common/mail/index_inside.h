/*
 * index_inside.h - what index*.c share.
 */
#ifndef INDEX_INSIDE_H
#define INDEX_INSIDE_H

#include <limits.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "mail/index.h"
#include "mail/index_set.h"
#include "mail/index_write.h"

/* Another number with every change of the tables or of what is put in. */
#define INDEX_VERSION 4
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
		enum { VALUE_NUMBER, VALUE_TEXT, VALUE_NAME, VALUE_SET } kind;
		int64_t number;
		size_t at, n;    /* of a text, in memory */
		const char *sql; /* that finds what is in the set by it */
		struct index_set set;
	} value[INDEX_VALUES_MAX];
};

/*
 * id is NULL or the ID of the message meant.  Free it in any case.
 */
void index_where(
    struct index_where *, const struct index_scope *, const char *id);
void index_where_free(struct index_where *);

/*
 * Prepare "what WHERE scope then", with its values.  Returns 0 or an
 * index_status; *s is to be finalized, and NULL after a failure.
 */
int index_ask(struct index *, const char *what, struct index_where *,
    const char *then, sqlite3_stmt **s);

/*
 * index_words.c: the messages with this text, with this tag, or with all
 * texts of the query for which has() is true (false: there are none), as a
 * value that is to be bound to the first parameter of found(set, m.n).  Their
 * texts are added to memory.
 */
struct index_value index_words_text(struct buf *memory, struct slice);
struct index_value index_words_tag(struct buf *memory, struct slice);
bool index_words_has(const struct search_term *);
bool index_words_all(
    struct buf *memory, const struct search_query *, struct index_value *);

/*
 * Find them and bind them.  Returns 0 or an index_status.
 */
int index_words_bind(
    const struct buf *memory, struct index_value *, sqlite3_stmt *, int at);

/*
 * index_found.c: have this connection know found(), whose set is bound as a
 * pointer of this type.  Returns what SQLite does.
 */
#define INDEX_SET_TYPE "index_set"
int index_found_teach(sqlite3 *);

/*
 * index_read.c: a message m as a row, newest first; index_row_read() reads
 * what INDEX_COLUMNS has found, good until the next step.
 */
#define INDEX_GLANCE                                                       \
	"m.n, m.id, m.folder, m.name, m.part, m.seen, m.created, m.size, " \
	"m.tags"
#define INDEX_COLUMNS \
	INDEX_GLANCE ", (SELECT summary FROM document d WHERE d.n = m.n)"
#define INDEX_NEWEST " ORDER BY m.created DESC, m.n DESC"

void index_row_read(sqlite3_stmt *, struct index_row *);

/*
 * Call each for the rows of a statement, which is finalized.  As index_list().
 */
int index_each_row(sqlite3_stmt *, index_each *, void *with);

/*
 * index_open.c: see to it that the file that is at the path now is open.
 * Returns 0 or an index_status.
 */
int index_fresh(struct index *);

/*
 * Prepare a statement of the reader; *s is to be finalized.
 */
int index_prepare(struct index *, const char *sql, sqlite3_stmt **s);

/*
 * How a step ended: 1 for a row, 0 for no more of them, or an index_status.
 */
int index_step(sqlite3_stmt *);

#endif
