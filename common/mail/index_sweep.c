/*
 * index_sweep.c - clearing away what removed messages have left behind.
 *
 * To take a text out of the words table costs as much as to put it in, so it
 * is done when there is nothing else to do, and all at once when nothing is
 * left.
 */
#include "mail/index_writer.h"

#define SWEEP_MAX 32 /* messages at once */

static int
run(struct index_writer *w, const char *sql)
{
	return index_status_of(sqlite3_exec(w->db, sql, NULL, NULL, NULL));
}

static int
sweep_all(struct index_writer *w)
{
	return run(w,
	    "INSERT INTO words (words) VALUES ('delete-all');"
	    "DELETE FROM body; DELETE FROM gone;");
}

static int
sweep_one(struct index_writer *w)
{
	static const enum index_sql steps[] = { SQL_SWEEP_WORDS, SQL_SWEEP_BODY,
		SQL_SWEEP_GONE };
	sqlite3_stmt *s = index_sql(w, SQL_SWEEP);
	int status = index_next(w, s);
	int64_t n;

	if (status != 1)
		return status;
	n = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	for (size_t i = 0; i < 3; i++) {
		s = index_sql(w, steps[i]);
		sqlite3_bind_int64(s, 1, n);
		status = index_run(w, s);
		if (status < 0)
			return status;
	}
	return 1;
}

int
index_sweep(struct index_writer *w)
{
	sqlite3_stmt *s = index_sql(w, SQL_SWEEP);
	int status = index_next(w, s);
	int64_t left = 1;

	if (status != 1)
		return status;
	sqlite3_reset(s);
	s = index_sql(w, SQL_COUNT);
	if (index_next(w, s) == 1)
		left = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	if (left == 0)
		status = sweep_all(w);
	for (int i = 0; i < SWEEP_MAX && status == 1; i++)
		status = sweep_one(w);
	if (status == 0) /* a part of what is free goes back to the disk */
		status = run(w, "PRAGMA incremental_vacuum(2000)");
	return status;
}
