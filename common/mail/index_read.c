/*
 * index_read.c - lists, counts and single messages out of the index.
 */
#include <string.h>

#include "mail/index_inside.h"

#define COLUMNS                                                            \
	"m.n, m.id, m.folder, m.name, m.part, m.seen, m.created, m.size, " \
	"m.tags, (SELECT summary FROM document d WHERE d.n = m.n)"
#define NEWEST " ORDER BY m.created DESC, m.n DESC"

static void
read_row(sqlite3_stmt *s, struct index_row *r)
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

/* How a step ended: 1 for a row, 0 for no more of them, or an index_status. */
static int
step(sqlite3_stmt *s)
{
	int e = sqlite3_step(s);

	return e == SQLITE_ROW ? 1 : index_status_of(e);
}

/* Each row of a statement, which is finalized; from and limit come last. */
static int
each_row(sqlite3_stmt *s, index_each *each, void *with)
{
	struct index_row r;
	int status, said = 0;

	while ((status = step(s)) == 1) {
		read_row(s, &r);
		said = each(with, &r);
		if (said != 0)
			break;
	}
	sqlite3_finalize(s);
	return said != 0 ? said : status;
}

/* Prepare "SELECT what WHERE scope then". */
static int
prepare(struct index *x, const char *what, struct index_where *w,
    const char *then, sqlite3_stmt **s)
{
	struct buf sql;
	const char *text;
	int status = INDEX_FAILED;

	*s = NULL;
	buf_init(&sql, w->sql.max + 4096);
	buf_addz(&sql, what);
	buf_adds(&sql, buf_slice(&w->sql));
	buf_addz(&sql, then);
	text = buf_str(&sql);
	if (text != NULL)
		status = index_prepare(x, text, s);
	buf_free(&sql);
	if (status == 0)
		status = index_where_bind(w, *s);
	if (status < 0) {
		sqlite3_finalize(*s);
		*s = NULL;
	}
	return status;
}

int
index_list(struct index *x, const struct index_scope *scope, int64_t start,
    int64_t limit, index_each *each, void *with)
{
	struct index_where w;
	sqlite3_stmt *s;
	int status;

	index_where(&w, scope, NULL);
	status = prepare(x, "SELECT " COLUMNS " FROM message m", &w,
	    NEWEST " LIMIT :limit OFFSET :start", &s);
	if (status == 0) {
		sqlite3_bind_int64(
		    s, sqlite3_bind_parameter_index(s, ":limit"), limit);
		sqlite3_bind_int64(
		    s, sqlite3_bind_parameter_index(s, ":start"), start);
		status = each_row(s, each, with);
	}
	index_where_free(&w);
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
	status = prepare(x,
	    "SELECT " COLUMNS ", (SELECT json FROM document d "
	    "WHERE d.n = m.n) FROM message m",
	    &w, NEWEST " LIMIT 1", &s);
	if (status == 0) {
		status = step(s);
		if (status == 1) {
			read_row(s, &r);
			each(with, &r, index_column(s, 10));
		}
	}
	sqlite3_finalize(s);
	index_where_free(&w);
	return status;
}

int
index_places(struct index *x, const char *id, const char *folder,
    index_each *each, void *with)
{
	sqlite3_stmt *s;
	int status = index_prepare(x,
	    "SELECT " COLUMNS " FROM message m WHERE m.id = ?1 AND "
	    "(?2 IS NULL OR m.folder = ?2) ORDER BY m.n",
	    &s);

	if (status < 0)
		return status;
	index_bind_text(s, 1, slice_of(id));
	if (folder != NULL)
		index_bind_name(s, 2, folder);
	return each_row(s, each, with);
}

/* Without a query all answers stand in small indexes. */
static int
count(struct index *x, const struct index_scope *scope, const char *only,
    int64_t *value)
{
	struct index_where w;
	sqlite3_stmt *s;
	int status;

	index_where(&w, scope, NULL);
	status = prepare(x, "SELECT count(*) FROM message m", &w, only, &s);
	if (status == 0)
		status = step(s);
	if (status == 1)
		*value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	index_where_free(&w);
	return status < 0 ? status : 0;
}

static int
count_found(
    struct index *x, const struct index_scope *scope, struct index_counts *c)
{
	struct index_where w;
	sqlite3_stmt *s;
	int status;

	index_where(&w, scope, NULL);
	status = prepare(
	    x, "SELECT count(*), total(m.seen = 0) FROM message m", &w, "", &s);
	if (status == 0)
		status = step(s);
	if (status == 1) {
		c->total = sqlite3_column_int64(s, 0);
		c->unread = sqlite3_column_int64(s, 1);
	}
	sqlite3_finalize(s);
	index_where_free(&w);
	return status < 0 ? status : 0;
}

int
index_count(
    struct index *x, const struct index_scope *scope, struct index_counts *c)
{
	int status;

	*c = (struct index_counts){ 0, 0 };
	if (scope->query != NULL && scope->query->count > 0)
		return count_found(x, scope, c);
	status = count(x, scope, "", &c->total);
	return status < 0 ? status :
			    count(x, scope, " AND m.seen = 0", &c->unread);
}

int
index_tags(
    struct index *x, const char *folder, index_each_tag *each, void *with)
{
	sqlite3_stmt *s;
	int status = index_prepare(x,
	    folder == NULL ?
		"SELECT t.name, count(*) FROM tag t JOIN message m ON "
		"m.n = t.n WHERE m.first = 1 AND ?1 IS NULL "
		"GROUP BY t.name ORDER BY t.name" :
		"SELECT t.name, count(*) FROM tag t JOIN message m ON "
		"m.n = t.n WHERE m.folder = ?1 "
		"GROUP BY t.name ORDER BY t.name",
	    &s);
	int said = 0;

	if (status < 0)
		return status;
	if (folder != NULL)
		index_bind_name(s, 1, folder);
	while (said == 0 && (status = step(s)) == 1)
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
		"SELECT folder, count(*), "
		"(SELECT count(*) FROM message u WHERE u.folder = m.folder AND "
		"u.seen = 0) FROM message m GROUP BY folder ORDER BY folder",
		&s);

	if (status < 0)
		return status;
	while (said == 0 && (status = step(s)) == 1) {
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
	status = step(s);
	if (status == 1) {
		state->generation = sqlite3_column_int64(s, 0);
		state->complete = sqlite3_column_int(s, 1) != 0;
	}
	sqlite3_finalize(s);
	return status == 1 ? 0 : status < 0 ? status : INDEX_BROKEN;
}
