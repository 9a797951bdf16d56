/*
 * index_search.c - which messages are meant, as SQL.
 *
 * Nothing that anybody wrote becomes part of the SQL: values are bound.  What
 * stands in tables beside that of the messages is looked up first, as a set
 * (index_words.c); then the messages are gone through in the order of the
 * list, and each is asked whether it is in it.
 */
#include <string.h>

#include "mail/index_inside.h"

#define SQL_MAX    65536
#define MEMORY_MAX (8 * SEARCH_QUERY_MAX)

static int
add_value(struct index_where *w, struct index_value v)
{
	w->value[w->count] = v;
	return ++w->count;
}

static void
add_set(struct index_where *w, struct index_value v)
{
	v.kind = VALUE_SET;
	buf_addf(&w->sql, "found(?%d, m.n)", add_value(w, v));
}

static int
add_number(struct index_where *w, int64_t number)
{
	return add_value(
	    w, (struct index_value){ .kind = VALUE_NUMBER, .number = number });
}

static int
add_text(struct index_where *w, struct slice text)
{
	size_t at = w->memory.n;

	buf_adds(&w->memory, text);
	return add_value(w,
	    (struct index_value){ .kind = VALUE_TEXT, .at = at, .n = text.n });
}

static int
add_name(struct index_where *w, const char *name)
{
	int i = add_text(w, slice_of(name));

	w->value[i - 1].kind = VALUE_NAME;
	return i;
}

/* The text in one of the columns. */
static void
find_in(struct index_where *w, struct slice text, const char *columns)
{
	struct slice rest = slice_of(columns);
	int i = add_text(w, text);
	const char * or = "";

	while (rest.n > 0) {
		struct slice one = slice_cut(&rest, ' ');

		buf_addf(
		    &w->sql, "%sinstr(m.%.*s, ?%d) > 0", or, SLICE_FMT(one), i);
		or = " OR ";
	}
}

static const char *const columns[] = {
	[SEARCH_FROM] = "from_",
	[SEARCH_TO] = "to_",
	[SEARCH_CC] = "cc",
	[SEARCH_BCC] = "bcc",
	[SEARCH_REPLY_TO] = "reply_to",
	[SEARCH_ADDRESSED] = "from_ to_ cc bcc reply_to",
	[SEARCH_SUBJECT] = "subject",
	[SEARCH_MESSAGE_ID] = "message_id",
};

/* What a term that has no value asks of a message. */
static const char *const conditions[] = {
	[SEARCH_NOTHING] = "0",
	[SEARCH_READ] = "m.seen = 1",
	[SEARCH_UNREAD] = "m.seen = 0",
	[SEARCH_TAGGED] = "m.tags <> '[]'",
	[SEARCH_ATTACHMENT] = "m.attachments > 0",
	[SEARCH_INLINE] = "m.inlines > 0",
};

/* What is compared with the term's number. */
static const char *const comparisons[] = {
	[SEARCH_BEFORE] = "m.created <",
	[SEARCH_AFTER] = "m.created >=",
	[SEARCH_LARGER] = "m.size >",
	[SEARCH_SMALLER] = "m.size <",
};

static void
add_term(struct index_where *w, const struct search_term *t)
{
	struct buf *b = &w->sql;

	switch (t->kind) {
	case SEARCH_NOTHING:
	case SEARCH_READ:
	case SEARCH_UNREAD:
	case SEARCH_TAGGED:
	case SEARCH_ATTACHMENT:
	case SEARCH_INLINE:
		buf_addz(b, conditions[t->kind]);
		break;
	case SEARCH_TEXT:
		add_set(w, index_words_text(&w->memory, t->text));
		break;
	case SEARCH_TAG:
		add_set(w, index_words_tag(&w->memory, t->text));
		break;
	case SEARCH_MAILBOX: /* a message in many is listed but for one */
		buf_addf(b,
		    "EXISTS (SELECT 1 FROM message o WHERE o.id = m.id AND "
		    "o.mailbox = ?%d)",
		    add_text(w, t->text));
		break;
	case SEARCH_BEFORE:
	case SEARCH_AFTER:
	case SEARCH_LARGER:
	case SEARCH_SMALLER:
		buf_addf(b, "%s ?%d", comparisons[t->kind],
		    add_number(w, t->number));
		break;
	default:
		find_in(w, t->text, columns[t->kind]);
		break;
	}
}

void
index_where(
    struct index_where *w, const struct index_scope *scope, const char *id)
{
	struct buf *b = &w->sql;
	struct index_value words;

	buf_init(&w->sql, SQL_MAX);
	buf_init(&w->memory, MEMORY_MAX);
	w->count = 0;
	if (scope->folder == NULL)
		buf_addz(b, " WHERE m.first = 1");
	else
		buf_addf(
		    b, " WHERE m.folder = ?%d", add_name(w, scope->folder));
	if (id != NULL)
		buf_addf(b, " AND m.id = ?%d", add_text(w, slice_of(id)));
	if (scope->before != 0)
		buf_addf(
		    b, " AND m.created < ?%d", add_number(w, scope->before));
	if (scope->after != 0)
		buf_addf(b, " AND m.n > ?%d", add_number(w, scope->after));
	if (scope->query == NULL)
		return;
	if (index_words_all(&w->memory, scope->query, &words)) {
		buf_addz(b, " AND ");
		add_set(w, words);
	}
	for (size_t i = 0; i < scope->query->count; i++) {
		const struct search_term *t = &scope->query->term[i];

		if (index_words_has(t))
			continue;
		buf_addf(b, " AND %s(", t->not ? "NOT " : "");
		add_term(w, t);
		buf_addc(b, ')');
	}
}

static int
bind(struct index_where *w, sqlite3_stmt *s)
{
	int status = 0;

	if (w->sql.failed || w->memory.failed)
		return INDEX_FAILED;
	for (int i = 0; status == 0 && i < w->count; i++) {
		struct index_value *v = &w->value[i];
		const char *p = v->n == 0 ? "" : w->memory.p + v->at;

		if (v->kind == VALUE_NUMBER)
			sqlite3_bind_int64(s, i + 1, v->number);
		else if (v->kind == VALUE_NAME)
			sqlite3_bind_blob64(s, i + 1, p, v->n, SQLITE_STATIC);
		else if (v->kind == VALUE_TEXT)
			index_bind_text(s, i + 1, (struct slice){ p, v->n });
		else
			status = index_words_bind(&w->memory, v, s, i + 1);
	}
	return status;
}

int
index_ask(struct index *x, const char *what, struct index_where *w,
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
		status = bind(w, *s);
	if (status < 0) {
		sqlite3_finalize(*s);
		*s = NULL;
	}
	return status;
}

void
index_where_free(struct index_where *w)
{
	for (int i = 0; i < w->count; i++)
		if (w->value[i].kind == VALUE_SET)
			index_set_free(&w->value[i].set);
	buf_free(&w->sql);
	buf_free(&w->memory);
}
