/*
 * index_write.c - putting messages into the index, and taking them out.
 */
#include "mail/index_write.h"

#include "mail/record.h"
#include "mail/fold.h"
#include "mail/index_writer.h"

#define TAGS_MAX (MAILDIR_KEYWORDS * (size_t)1024)

int
index_begin(struct index_writer *w)
{
	int status = index_run(w, index_sql(w, SQL_BEGIN));

	w->begun = status == 0;
	w->dirty = false;
	return status;
}

int
index_commit(struct index_writer *w)
{
	sqlite3_stmt *s;
	int status = 0;

	if (w->dirty) {
		s = index_sql(w, SQL_GENERATION);
		sqlite3_bind_int64(s, 1, w->generation + 1);
		status = index_run(w, s);
	}
	if (status == 0)
		status = index_run(w, index_sql(w, SQL_COMMIT));
	if (status < 0) {
		index_rollback(w);
		return status;
	}
	w->begun = false;
	if (w->dirty) {
		w->generation++;
		index_tell(w);
	}
	return 0;
}

void
index_rollback(struct index_writer *w)
{
	for (int i = 0; i < SQL_COUNT_OF; i++)
		sqlite3_reset(w->s[i]);
	sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
	w->begun = false;
}

int
index_moved(struct index_writer *w, int64_t n, const struct maildir_file *f,
    const struct maildir_keywords *k)
{
	sqlite3_stmt *s = index_sql(w, SQL_MOVED);
	struct buf tags;
	int status;

	buf_init(&tags, TAGS_MAX);
	index_tags_list(f->name, k, &tags);
	sqlite3_bind_int64(s, 1, n);
	index_bind_name(s, 2, f->name);
	sqlite3_bind_int(s, 3, f->part == MAILDIR_CUR);
	sqlite3_bind_int(s, 4, maildir_has_flag(f->name, 'S'));
	index_bind_text(s, 5, buf_slice(&tags));
	status = index_run(w, s);
	buf_free(&tags);
	w->dirty = true;
	return status < 0 ? status : index_tags_set(w, n, f->name, k);
}

static int
add_message(struct index_writer *w, const struct index_new *m, struct record *d)
{
	sqlite3_stmt *s = index_sql(w, SQL_ADD);
	const struct maildir_file *f = m->file;
	struct slice base = maildir_base(f->name);
	struct buf *texts[] = { &d->from, &d->to, &d->cc, &d->bcc, &d->reply_to,
		&d->subject, &d->message_id };
	char id[MAILDIR_ID_MAX];
	struct buf mailbox, folded, tags;
	int status;

	buf_init(&mailbox, MAILDIR_NAME_MAX);
	buf_init(&folded, (size_t)4 * MAILDIR_NAME_MAX);
	buf_init(&tags, TAGS_MAX);
	maildir_id(base, id);
	index_mailbox(f->folder, &mailbox);
	fold_text(buf_slice(&mailbox), &folded);
	index_tags_list(f->name, m->keywords, &tags);
	index_bind_text(s, 1, slice_of(id));
	index_bind_name(s, 2, f->folder);
	sqlite3_bind_blob64(s, 3, base.p, base.n, SQLITE_STATIC);
	index_bind_name(s, 4, f->name);
	sqlite3_bind_int(s, 5, f->part == MAILDIR_CUR);
	sqlite3_bind_int(s, 6, maildir_has_flag(f->name, 'S'));
	sqlite3_bind_int64(s, 7, m->created);
	sqlite3_bind_int64(s, 8, m->size);
	sqlite3_bind_int64(s, 9, d->attachments);
	sqlite3_bind_int64(s, 10, d->inlines);
	index_bind_text(s, 11, buf_slice(&folded));
	for (int i = 0; i < 7; i++)
		index_bind_text(s, 12 + i, buf_slice(texts[i]));
	index_bind_text(s, 19, buf_slice(&tags));
	sqlite3_bind_int64(s, 20, m->written);
	status = index_run(w, s);
	buf_free(&mailbox);
	buf_free(&folded);
	buf_free(&tags);
	return status;
}

static int
add_text(struct index_writer *w, enum index_sql which, int64_t n,
    const struct buf *text)
{
	sqlite3_stmt *s = index_sql(w, which);

	sqlite3_bind_int64(s, 1, n);
	index_bind_text(s, 2, buf_slice(text));
	return index_run(w, s);
}

static int
add_document(struct index_writer *w, int64_t n, const struct record *d)
{
	sqlite3_stmt *s = index_sql(w, SQL_ADD_DOCUMENT);

	sqlite3_bind_int64(s, 1, n);
	index_bind_text(s, 2, buf_slice(&d->json));
	index_bind_text(s, 3, buf_slice(&d->summary));
	return index_run(w, s);
}

int
index_add(struct index_writer *w, const struct index_new *m)
{
	struct record d;
	int64_t n;
	int status;

	if (record_read(&d, m->document, m->created, m->size) < 0) {
		record_free(&d);
		return 1;
	}
	/* So that two letters at the end, too, begin a run of three. */
	d.text.max += 2;
	buf_addz(&d.text, "  ");
	w->dirty = true;
	status = add_message(w, m, &d);
	n = sqlite3_last_insert_rowid(w->db);
	if (status == 0)
		status = add_document(w, n, &d);
	if (status == 0)
		status = add_text(w, SQL_ADD_BODY, n, &d.text);
	if (status == 0)
		status = add_text(w, SQL_ADD_WORDS, n, &d.text);
	record_free(&d);
	return status < 0 ? status :
			    index_tags_set(w, n, m->file->name, m->keywords);
}

static int
run_with(struct index_writer *w, enum index_sql which, int64_t n)
{
	sqlite3_stmt *s = index_sql(w, which);

	sqlite3_bind_int64(s, 1, n);
	return index_run(w, s);
}

/* Another row with this ID, if there is one, is listed in its place. */
static int
promote(struct index_writer *w, const char *id)
{
	sqlite3_stmt *s = index_sql(w, SQL_PROMOTE);

	index_bind_text(s, 1, slice_of(id));
	return index_run(w, s);
}

/* The words stay behind, where nobody finds them, until they are swept. */
int
index_remove(struct index_writer *w, int64_t n)
{
	static const enum index_sql steps[] = { SQL_REMOVE, SQL_DROP_TAGS,
		SQL_REMOVE_DOCUMENT, SQL_GONE };
	sqlite3_stmt *s = index_sql(w, SQL_ID_OF);
	char id[MAILDIR_ID_MAX] = "";
	bool first = false;
	int status;

	sqlite3_bind_int64(s, 1, n);
	status = index_next(w, s);
	if (status == 1) {
		slice_copy(index_column(s, 0), id, sizeof(id));
		first = sqlite3_column_int(s, 1) != 0;
		sqlite3_reset(s);
		status = 0;
	}
	w->dirty = true;
	for (size_t i = 0; i < 4 && status == 0; i++)
		status = run_with(w, steps[i], n);
	return status == 0 && first ? promote(w, id) : status;
}

int
index_complete(struct index_writer *w)
{
	int status = index_run(w, index_sql(w, SQL_COMPLETE));

	if (status == 0 && sqlite3_changes(w->db) > 0)
		w->dirty = true;
	return status;
}
