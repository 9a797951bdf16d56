/*
 * index_sql.c - what the writer says to SQLite.
 */
#include "mail/index_writer.h"

static const char *const texts[SQL_COUNT_OF] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_GENERATION] = "UPDATE state SET generation = ?1",
	[SQL_COMPLETE] = "UPDATE state SET complete = 1 WHERE complete = 0",
	[SQL_KNOWS] =
	    "SELECT n, name = ?3 AND part = ?4, size, written, name, part "
	    "FROM message "
	    "WHERE folder = ?1 AND base = ?2",
	[SQL_ADD] =
	    "INSERT INTO message (id, folder, base, name, part, seen, "
	    "created, size, attachments, inlines, mailbox, from_, to_, cc, "
	    "bcc, reply_to, subject, message_id, tags, written, "
	    "first) "
	    "VALUES "
	    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
	    "?15, ?16, ?17, ?18, ?19, ?20, "
	    "NOT EXISTS (SELECT 1 FROM message WHERE id = ?1))",
	[SQL_ADD_DOCUMENT] =
	    "INSERT INTO document (n, json, summary) VALUES (?1, ?2, ?3)",
	[SQL_ADD_BODY] = "INSERT INTO body (n, text) VALUES (?1, ?2)",
	[SQL_ADD_WORDS] = "INSERT INTO words (rowid, text) VALUES (?1, ?2)",
	[SQL_ADD_TAG] =
	    "INSERT OR IGNORE INTO tag (n, name, folded) VALUES (?1, ?2, ?3)",
	[SQL_DROP_TAGS] = "DELETE FROM tag WHERE n = ?1",
	[SQL_MOVED] =
	    "UPDATE message SET name = ?2, part = ?3, seen = ?4, tags = ?5 "
	    "WHERE n = ?1",
	[SQL_ID_OF] = "SELECT id, first FROM message WHERE n = ?1",
	[SQL_REMOVE] = "DELETE FROM message WHERE n = ?1",
	[SQL_REMOVE_DOCUMENT] = "DELETE FROM document WHERE n = ?1",
	[SQL_GONE] = "INSERT OR IGNORE INTO gone (n) VALUES (?1)",
	[SQL_PROMOTE] = "UPDATE message SET first = 1 WHERE n = "
			"(SELECT min(n) FROM message WHERE id = ?1)",
	[SQL_NUMBERS] = "SELECT n, name FROM message WHERE folder = ?1",
	[SQL_NAMES] = "SELECT folder FROM tally WHERE folder <> 'all'",
	[SQL_OLDEST] = "SELECT n, folder, name, part, created FROM message "
		       "WHERE first = 1 ORDER BY created, n LIMIT 1",
	[SQL_COUNT] = "SELECT total FROM tally WHERE folder = 'all'",
	[SQL_SWEEP] = "SELECT n FROM gone LIMIT 1",
	[SQL_SWEEP_WORDS] = "INSERT INTO words (words, rowid, text) "
			    "SELECT 'delete', n, text FROM body WHERE n = ?1",
	[SQL_SWEEP_BODY] = "DELETE FROM body WHERE n = ?1",
	[SQL_SWEEP_GONE] = "DELETE FROM gone WHERE n = ?1",
};

sqlite3_stmt *
index_sql(struct index_writer *w, enum index_sql which)
{
	sqlite3_stmt **s = &w->s[which];

	if (*s == NULL) {
		if (sqlite3_prepare_v3(w->db, texts[which], -1,
			SQLITE_PREPARE_PERSISTENT, s, NULL) != SQLITE_OK)
			*s = NULL;
		return *s;
	}
	sqlite3_reset(*s);
	sqlite3_clear_bindings(*s);
	return *s;
}

int
index_next(struct index_writer *w, sqlite3_stmt *s)
{
	int e = s == NULL ? sqlite3_errcode(w->db) : sqlite3_step(s);

	if (e == SQLITE_ROW)
		return 1;
	if (s != NULL)
		sqlite3_reset(s);
	else if (e == SQLITE_OK)
		return INDEX_FAILED;
	return index_status_of(e);
}

int
index_run(struct index_writer *w, sqlite3_stmt *s)
{
	int status = index_next(w, s);

	if (status == 1)
		sqlite3_reset(s);
	return status < 0 ? status : 0;
}

void
index_sql_free(struct index_writer *w)
{
	for (int i = 0; i < SQL_COUNT_OF; i++) {
		sqlite3_finalize(w->s[i]);
		w->s[i] = NULL;
	}
}
