/*
 * index_list.c - lists out of the index, and how many messages there are.
 *
 * To find texts is what costs, so it is done once: all that was found passes
 * by in the order of the list, as numbers, and only the page's rows are read.
 */
#include <stdlib.h>

#include "mail/index_inside.h"

struct page {
	int64_t start, limit; /* limit negative: all from start on */
	int64_t *n;           /* those of the messages on it */
	size_t count, room;
};

/* Or is it all of a folder, whose number is kept? */
static bool
is_sought(const struct index_scope *scope)
{
	return (scope->query != NULL && scope->query->count > 0) ||
	    scope->before != 0 || scope->after != 0;
}

static bool
is_on_it(const struct page *p, int64_t at)
{
	return at >= p->start && (p->limit < 0 || at - p->start < p->limit);
}

static int
add(struct page *p, int64_t n)
{
	if (p->count == p->room) {
		size_t room = p->room == 0 ? 64 : p->room * 2;
		int64_t *more = reallocarray(p->n, room, sizeof(*more));

		if (more == NULL)
			return INDEX_FAILED;
		p->n = more;
		p->room = room;
	}
	p->n[p->count++] = n;
	return 0;
}

static int
find(struct index *x, const struct index_scope *scope, struct page *p,
    struct index_counts *c)
{
	struct index_where w;
	sqlite3_stmt *s;
	int status;

	index_where(&w, scope, NULL);
	status = index_ask(
	    x, "SELECT m.n, m.seen FROM message m", &w, INDEX_NEWEST, &s);
	while (status == 0 && (status = index_step(s)) == 1) {
		status = is_on_it(p, c->total) ?
		    add(p, sqlite3_column_int64(s, 0)) :
		    0;
		c->total++;
		c->unread += sqlite3_column_int(s, 1) == 0;
	}
	sqlite3_finalize(s);
	index_where_free(&w);
	return status;
}

static int
read_rows(struct index *x, const struct page *p, index_each *each, void *with)
{
	struct index_row r;
	sqlite3_stmt *s;
	int said = 0,
	    status = index_prepare(x,
		"SELECT " INDEX_COLUMNS " FROM message m WHERE m.n = ?1", &s);

	for (size_t i = 0; status == 0 && said == 0 && i < p->count; i++) {
		sqlite3_bind_int64(s, 1, p->n[i]);
		status = index_step(s);
		if (status == 1) {
			index_row_read(s, &r);
			said = each(with, &r);
			status = 0;
		}
		sqlite3_reset(s);
	}
	sqlite3_finalize(s);
	return said != 0 ? said : status;
}

static int
search(struct index *x, const struct index_scope *scope, struct page *p,
    struct index_counts *c, index_each *each, void *with)
{
	int status = find(x, scope, p, c);

	if (status == 0 && p->count > 0)
		status = read_rows(x, p, each, with);
	free(p->n);
	return status;
}

/* what: columns as index_row_read() wants them. */
static int
list(struct index *x, const char *what, const struct index_scope *scope,
    int64_t start, int64_t limit, index_each *each, void *with)
{
	struct index_where w;
	sqlite3_stmt *s;
	int status;

	index_where(&w, scope, NULL);
	status = index_ask(
	    x, what, &w, INDEX_NEWEST " LIMIT :limit OFFSET :start", &s);
	if (status == 0) {
		sqlite3_bind_int64(
		    s, sqlite3_bind_parameter_index(s, ":limit"), limit);
		sqlite3_bind_int64(
		    s, sqlite3_bind_parameter_index(s, ":start"), start);
		status = index_each_row(s, each, with);
	}
	index_where_free(&w);
	return status;
}

int
index_list(struct index *x, const struct index_scope *scope, int64_t start,
    int64_t limit, index_each *each, void *with)
{
	return list(x, "SELECT " INDEX_COLUMNS " FROM message m", scope, start,
	    limit, each, with);
}

int
index_glance(struct index *x, const struct index_scope *scope, int64_t limit,
    index_each *each, void *with)
{
	return list(x, "SELECT " INDEX_GLANCE ", NULL FROM message m", scope, 0,
	    limit, each, with);
}

int
index_count(
    struct index *x, const struct index_scope *scope, struct index_counts *c)
{
	sqlite3_stmt *s;
	int status;

	struct page none = { .limit = 0 };

	*c = (struct index_counts){ 0, 0 };
	if (is_sought(scope))
		return find(x, scope, &none, c);
	status = index_prepare(
	    x, "SELECT total, unread FROM tally WHERE folder = ?1", &s);
	if (status < 0)
		return status;
	if (scope->folder == NULL)
		index_bind_text(s, 1, slice_of("all"));
	else
		index_bind_name(s, 1, scope->folder);
	status = index_step(s);
	if (status == 1) {
		c->total = sqlite3_column_int64(s, 0);
		c->unread = sqlite3_column_int64(s, 1);
	}
	sqlite3_finalize(s);
	return status < 0 ? status : 0;
}

int
index_size(struct index *x, const char *folder, int64_t *bytes)
{
	struct index_scope scope = { .folder = folder };
	struct index_where w;
	sqlite3_stmt *s;
	int status;

	*bytes = 0;
	index_where(&w, &scope, NULL);
	status = index_ask(x, "SELECT sum(size) FROM message m", &w, "", &s);
	if (status == 0 && (status = index_step(s)) == 1)
		*bytes = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	index_where_free(&w);
	return status < 0 ? status : 0;
}

int
index_page(struct index *x, const struct index_scope *scope, int64_t start,
    int64_t limit, struct index_counts *c, index_each *each, void *with)
{
	struct page p = { .start = start, .limit = limit };
	int status;

	*c = (struct index_counts){ 0, 0 };
	if (is_sought(scope))
		return search(x, scope, &p, c, each, with);
	status = index_count(x, scope, c);
	if (status == 0 && limit != 0)
		status = index_list(x, scope, start, limit, each, with);
	return status;
}
