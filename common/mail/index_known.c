/*
 * index_known.c - what the writer asks of the index: is this message in it,
 * which ones are, which is the oldest?
 */
#include "mail/index_writer.h"

static enum maildir_part
part_of(int value)
{
	return value == 0 ? MAILDIR_NEW : MAILDIR_CUR;
}

int
index_knows(
    struct index_writer *w, const struct maildir_file *f, struct index_known *k)
{
	sqlite3_stmt *s = index_sql(w, SQL_KNOWS);
	struct slice base = maildir_base(f->name);
	int status;

	index_bind_name(s, 1, f->folder);
	sqlite3_bind_blob64(s, 2, base.p, base.n, SQLITE_STATIC);
	index_bind_name(s, 3, f->name);
	sqlite3_bind_int(s, 4, f->part == MAILDIR_CUR);
	status = index_next(w, s);
	if (status == 1) {
		k->n = sqlite3_column_int64(s, 0);
		k->same = sqlite3_column_int(s, 1) != 0;
		k->size = sqlite3_column_int64(s, 2);
		k->written = sqlite3_column_int64(s, 3);
		k->file = *f;
		index_column_name(s, 4, k->file.name);
		k->file.part = part_of(sqlite3_column_int(s, 5));
		sqlite3_reset(s);
	}
	return status;
}

int
index_numbers(struct index_writer *w, const char *folder,
    index_each_number *each, void *with)
{
	sqlite3_stmt *s = index_sql(w, SQL_NUMBERS);
	char name[MAILDIR_NAME_MAX];
	int status, said = 0;

	index_bind_name(s, 1, folder);
	while (said == 0 && (status = index_next(w, s)) == 1) {
		index_column_name(s, 1, name);
		said = each(with, sqlite3_column_int64(s, 0), name);
	}
	sqlite3_reset(s);
	return said != 0 ? said : status;
}

int
index_names(struct index_writer *w, maildir_each *each, void *with)
{
	sqlite3_stmt *s = index_sql(w, SQL_NAMES);
	char name[MAILDIR_NAME_MAX];
	int status, said = 0;

	while (said == 0 && (status = index_next(w, s)) == 1) {
		index_column_name(s, 0, name);
		said = each(with, name);
	}
	sqlite3_reset(s);
	return said != 0 ? said : status;
}

int
index_oldest(struct index_writer *w, struct maildir_file *f, int64_t *n,
    int64_t *created, int64_t *total)
{
	sqlite3_stmt *s = index_sql(w, SQL_COUNT);
	int status = index_next(w, s);

	*total = status == 1 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_reset(s);
	if (status < 0)
		return status;
	s = index_sql(w, SQL_OLDEST);
	status = index_next(w, s);
	if (status == 1) {
		*n = sqlite3_column_int64(s, 0);
		index_column_name(s, 1, f->folder);
		index_column_name(s, 2, f->name);
		f->part = part_of(sqlite3_column_int(s, 3));
		*created = sqlite3_column_int64(s, 4);
		sqlite3_reset(s);
	}
	return status;
}
