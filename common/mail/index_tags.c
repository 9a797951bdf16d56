/*
 * index_tags.c - the tags of a message: its keywords, by their names.
 */
#include "mail/fold.h"
#include "mail/index_writer.h"
#include "mail/record.h"

/* The names of a message's keywords, as a JSON list. */
void
index_tags_list(
    const char *name, const struct maildir_keywords *k, struct buf *json)
{
	const char *comma = "";

	buf_addc(json, '[');
	for (int i = 0; i < MAILDIR_KEYWORDS; i++) {
		if (k->name[i][0] == '\0' ||
		    !maildir_has_flag(name, (char)('a' + i)))
			continue;
		buf_addz(json, comma);
		record_string(json, slice_of(k->name[i]));
		comma = ",";
	}
	buf_addc(json, ']');
}

/* A name that is no UTF-8 would not be found by its own spelling. */
static void
clean(struct slice s, struct buf *out)
{
	while (s.n > 0)
		fold_put(out, fold_next(&s));
}

static int
add_tag(struct index_writer *w, int64_t n, const char *name)
{
	sqlite3_stmt *s = index_sql(w, SQL_ADD_TAG);
	struct buf folded, cleaned;
	int status;

	buf_init(&folded, (size_t)4 * MAILDIR_KEYWORD_MAX);
	buf_init(&cleaned, (size_t)4 * MAILDIR_KEYWORD_MAX);
	fold_text(slice_of(name), &folded);
	clean(slice_of(name), &cleaned);
	sqlite3_bind_int64(s, 1, n);
	index_bind_text(s, 2, buf_slice(&cleaned));
	index_bind_text(s, 3, buf_slice(&folded));
	status = index_run(w, s);
	buf_free(&folded);
	buf_free(&cleaned);
	return status;
}

int
index_tags_set(struct index_writer *w, int64_t n, const char *name,
    const struct maildir_keywords *k)
{
	sqlite3_stmt *s = index_sql(w, SQL_DROP_TAGS);
	int status;

	sqlite3_bind_int64(s, 1, n);
	status = index_run(w, s);
	for (int i = 0; i < MAILDIR_KEYWORDS && status == 0; i++)
		if (k->name[i][0] != '\0' &&
		    maildir_has_flag(name, (char)('a' + i)))
			status = add_tag(w, n, k->name[i]);
	return status;
}
