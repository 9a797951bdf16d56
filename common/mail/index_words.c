/*
 * index_words.c - which messages have a text in them, or a tag.
 *
 * A text of three characters or more is found by the words table, which knows
 * all runs of three characters, one of two by the same runs that begin with
 * it, a single character by looking.
 */
#include <string.h>

#include "mail/fold.h"
#include "mail/index_inside.h"

#define WORD_MIN 3 /* characters that the words table can look up */

static const char by_words[] = "SELECT rowid FROM words WHERE words MATCH ?1";
static const char by_pieces[] =
    "SELECT doc FROM pieces WHERE term >= ?1 AND term <= ?2";
static const char by_looking[] = "SELECT n FROM body WHERE instr(text, ?1) > 0";
static const char by_tag[] = "SELECT n FROM tag WHERE folded = ?1";

/* As a phrase in quotes for FTS5. */
static void
add_phrase(struct buf *memory, struct slice text)
{
	buf_addc(memory, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_addc(memory, '"');
		buf_addc(memory, text.p[i]);
	}
	buf_addc(memory, '"');
}

static struct index_value
value(const char *sql, const struct buf *memory, size_t at)
{
	return (struct index_value){
		.kind = VALUE_SET, .sql = sql, .at = at, .n = memory->n - at
	};
}

struct index_value
index_words_text(struct buf *memory, struct slice text)
{
	size_t length = fold_length(text), at = memory->n;

	if (length < WORD_MIN)
		buf_adds(memory, text);
	else
		add_phrase(memory, text);
	return value(length >= WORD_MIN ? by_words :
		length == 2             ? by_pieces :
					  by_looking,
	    memory, at);
}

struct index_value
index_words_tag(struct buf *memory, struct slice name)
{
	size_t at = memory->n;

	buf_adds(memory, name);
	return value(by_tag, memory, at);
}

bool
index_words_has(const struct search_term *t)
{
	return t->kind == SEARCH_TEXT &&
	    !t->not &&fold_length(t->text) >= WORD_MIN;
}

bool
index_words_all(
    struct buf *memory, const struct search_query *q, struct index_value *v)
{
	size_t at = memory->n;

	for (size_t i = 0; i < q->count; i++) {
		if (!index_words_has(&q->term[i]))
			continue;
		if (memory->n > at)
			buf_addz(memory, " AND ");
		add_phrase(memory, q->term[i].text);
	}
	*v = value(by_words, memory, at);
	return memory->n > at;
}

/* Where the runs of three end that begin with text. */
static struct slice
beyond(struct slice text, char to[16])
{
	memcpy(to, text.p, text.n);
	memcpy(to + text.n, "\xf4\x8f\xbf\xbf", 4);
	return (struct slice){ to, text.n + 4 };
}

static int
fill(struct index_set *set, sqlite3_stmt *s)
{
	int status;

	while ((status = index_step(s)) == 1)
		if (index_set_add(set, sqlite3_column_int64(s, 0)) < 0)
			return INDEX_FAILED;
	return status;
}

int
index_words_bind(const struct buf *memory, struct index_value *v,
    sqlite3_stmt *whole, int at)
{
	struct slice text = { memory->p + v->at, v->n };
	sqlite3_stmt *s;
	char to[16];
	int status = index_status_of(
	    sqlite3_prepare_v2(sqlite3_db_handle(whole), v->sql, -1, &s, NULL));

	if (status < 0)
		return status;
	index_bind_text(s, 1, text);
	if (v->sql == by_pieces)
		index_bind_text(s, 2, beyond(text, to));
	status = fill(&v->set, s);
	sqlite3_finalize(s);
	if (status == 0)
		sqlite3_bind_pointer(whole, at, &v->set, INDEX_SET_TYPE, NULL);
	return status;
}
