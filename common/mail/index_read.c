/*
 * index_read.c - rows, single messages, tags and folders out of the index.
 */
#include <string.h>

#include "mail/index_inside.h"

void
index_row_read(sqlite3_stmt *s, struct index_row *r)
{
	*r = (struct index_row){
		.n = sqlite3_column_int64(s, 0),
		.id = (const char *)sqlite3_column_text(s, 1),
		.file.part =
		    sqlite3_column_int(s, 4) == 0 ? MAILDIR_NEW : MAILDIR_CUR,
		.seen = sqlite3_column_int(s, 5) != 0,
		.created = sqlite3_column_int64(s, 6),
		.size = sqlite3_column_int64(s, 7),
		.tags = index_column(s, 8),
		.summary = index_column(s, 9),
	};
	if (r->id == NULL) /* no memory */
		r->id = "";
	index_column_name(s, 2, r->file.folder);
	index_column_name(s, 3, r->file.name);
}

void
index_summary(const struct index_row *r, struct buf *out)
{
	buf_addf(out, "{\"ID\":\"%s\",\"Read\":%s,\"Tags\":", r->id,
	    r->seen ? "true" : "false");
	buf_adds(out, r->tags);
	buf_adds(out, r->summary);
	buf_addc(out, '}');
}

/* The rows of what is bound; the statement can be bound and asked again. */
static int
each_row(sqlite3_stmt *s, index_each *each, void *with)
{
	struct index_row r;
	int status, said = 0;

	while (said == 0 && (status = index_step(s)) == 1) {
		index_row_read(s, &r);
		said = each(with, &r);
	}
	sqlite3_reset(s);
	return said != 0 ? said : status;
}

int
index_each_row(sqlite3_stmt *s, index_each *each, void *with)
{
	int status = each_row(s, each, with);

	sqlite3_finalize(s);
	return status;
}

int
index_message(struct index *x, const struct index_scope *scope, const char *id,
    index_one *each, void *with)
{
	struct index_where w;
	struct index_row r;
	sqlite3_stmt *s;
	int status;

	index_where(&w, scope, strcmp(id, "latest") == 0 ? NULL : id);
	status = index_ask(x,
	    "SELECT " INDEX_COLUMNS ", (SELECT json FROM document d "
	    "WHERE d.n = m.n) FROM message m",
	    &w, INDEX_NEWEST " LIMIT 1", &s);
	if (status == 0) {
		status = index_step(s);
		if (status == 1) {
			index_row_read(s, &r);
			each(with, &r, index_column(s, 10));
		}
	}
	sqlite3_finalize(s);
	index_where_free(&w);
	return status;
}

static int
each_place(struct index *x, const char (*ids)[MAILDIR_ID_MAX], size_t n,
    const char *folder, index_each *each, void *with)
{
	sqlite3_stmt *s;
	int status = index_prepare(x,
	    "SELECT " INDEX_GLANCE ", NULL FROM message m WHERE m.id = ?1 AND "
	    "(?2 IS NULL OR m.folder = ?2) ORDER BY m.n",
	    &s);

	if (status == 0 && folder != NULL)
		index_bind_name(s, 2, folder);
	for (size_t i = 0; status == 0 && i < n; i++) {
		index_bind_text(s, 1, slice_of(ids[i]));
		status = each_row(s, each, with);
	}
	sqlite3_finalize(s);
	return status;
}

/* A look for each without a transaction would be one for each. */
int
index_places(struct index *x, const char (*ids)[MAILDIR_ID_MAX], size_t n,
    const char *folder, index_each *each, void *with)
{
	bool held = x->held;
	int status = held ? 0 : index_hold(x);

	if (status == 0)
		status = each_place(x, ids, n, folder, each, with);
	if (!held)
		index_let(x);
	return status;
}

/* "CROSS" has SQLite begin with the tags: there are few. */
int
index_tags(
    struct index *x, const char *folder, index_each_tag *each, void *with)
{
	sqlite3_stmt *s;
	int status = index_prepare(x,
	    folder == NULL ?
		"SELECT t.name, count(*) FROM tag t CROSS JOIN message m ON "
		"m.n = t.n WHERE m.first = 1 AND ?1 IS NULL "
		"GROUP BY t.name ORDER BY t.name" :
		"SELECT t.name, count(*) FROM tag t CROSS JOIN message m ON "
		"m.n = t.n WHERE m.folder = ?1 "
		"GROUP BY t.name ORDER BY t.name",
	    &s);
	int said = 0;

	if (status < 0)
		return status;
	if (folder != NULL)
		index_bind_name(s, 1, folder);
	while (said == 0 && (status = index_step(s)) == 1)
		said = each(with, (const char *)sqlite3_column_text(s, 0),
		    sqlite3_column_int64(s, 1));
	sqlite3_finalize(s);
	return said != 0 ? said : status;
}

int
index_folders(struct index *x, index_each_folder *each, void *with)
{
	sqlite3_stmt *s;
	int said = 0,
	    status = index_prepare(x,
		"SELECT folder, total, unread FROM tally "
		"WHERE folder <> 'all' ORDER BY folder",
		&s);

	if (status < 0)
		return status;
	while (said == 0 && (status = index_step(s)) == 1) {
		struct index_counts c = { sqlite3_column_int64(s, 1),
			sqlite3_column_int64(s, 2) };
		char name[MAILDIR_NAME_MAX];
		struct buf mailbox;

		index_column_name(s, 0, name);
		buf_init(&mailbox, MAILDIR_NAME_MAX);
		index_mailbox(name, &mailbox);
		said = each(with, name, buf_slice(&mailbox), &c);
		buf_free(&mailbox);
	}
	sqlite3_finalize(s);
	return said != 0 ? said : status;
}

int
index_state(struct index *x, struct index_state *state)
{
	sqlite3_stmt *s;
	int status =
	    index_prepare(x, "SELECT generation, complete FROM state", &s);

	if (status < 0)
		return status;
	status = index_step(s);
	if (status == 1) {
		state->generation = sqlite3_column_int64(s, 0);
		state->complete = sqlite3_column_int(s, 1) != 0;
	}
	sqlite3_finalize(s);
	return status == 1 ? 0 : status < 0 ? status : INDEX_BROKEN;
}
