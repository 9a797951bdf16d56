/*
 * mail_query.c - fuzz queries: how they are read, and what the index makes of
 * them.
 *
 * Properties: a text of a term lies in the query's memory and is folded; what
 * matches nothing has been told of; the index answers without a fault, finds
 * no more than there is, and not-terms find the rest.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "fuzzrig/must.h"
#include "fuzzrig/scratch.h"
#include "mail/fold.h"
#include "mail/index_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MESSAGES  3
#define QUERY_MAX 512

static struct index *x;

static void
add(struct index_writer *w, int i)
{
	static const struct maildir_keywords none;
	static const char *const documents[MESSAGES] = {
		"{\"Subject\":\"Order 1\",\"SearchText\":\"one two a@b\"}",
		"{\"Subject\":\"\",\"Attachments\":[{}],\"SearchText\":\"\"}",
		("{\"From\":{\"Name\":\"A\",\"Address\":\"a@b\"},"
		 "\"SearchText\":\"\xc3\xa4rger \\\" % ' qz\"}"),
	};
	struct maildir_file f = { .part = MAILDIR_CUR };
	struct index_new new = { .file = &f,
		.keywords = &none,
		.document = slice_of(documents[i]),
		.created = i * 1000000LL,
		.size = i * 1000LL };

	snprintf(f.name, sizeof(f.name), "%d.a:2,%s", i, i == 1 ? "S" : "");
	must(index_add(w, &new) == 0);
}

static void
prepare(void)
{
	const char *why;
	struct index_writer *w;

	if (x != NULL)
		return;
	w = index_writer_open(
	    open(scratch(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), &why);
	must(w != NULL && index_begin(w) == 0);
	for (int i = 0; i < MESSAGES; i++)
		add(w, i);
	must(index_commit(w) == 0);
	index_writer_close(w);
	x = index_open(scratch());
	must(x != NULL);
}

static int64_t
count(const struct search_query *q)
{
	struct index_scope scope = { .query = q };
	struct index_counts c = { -1, -1 };

	must(index_count(x, &scope, &c) == 0);
	must(c.total >= 0 && c.total <= MESSAGES && c.unread <= c.total);
	return c.total;
}

static void
check(const struct search_query *q, const struct search_term *t)
{
	struct buf again;

	must(t->kind >= SEARCH_NOTHING && t->kind <= SEARCH_SMALLER);
	must(t->kind != SEARCH_NOTHING || (!t->not &&q->wrong.n > 0));
	if (t->text.n == 0)
		return;
	must(t->text.p >= q->text.p);
	must(t->text.p + t->text.n <= q->text.p + q->text.n);
	buf_init(&again, (size_t)3 * SEARCH_QUERY_MAX);
	fold_text(t->text, &again);
	must(slice_eq(buf_slice(&again), t->text));
	buf_free(&again);
}

static int
no_more(void *with, const struct index_row *r)
{
	must(r->id[0] != '\0');
	return ++*(int64_t *)with > MESSAGES;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct search_query q;
	struct index_scope scope = { .query = &q };
	int64_t listed = 0, found;

	if (size > QUERY_MAX)
		return 0;
	prepare();
	search_query_read(&q, (struct slice){ (const char *)data, size });
	must(q.count <= SEARCH_TERMS_MAX);
	for (size_t i = 0; i < q.count; i++)
		check(&q, &q.term[i]);
	found = count(&q);
	must(index_list(x, &scope, 0, -1, no_more, &listed) == 0);
	must(listed == found);
	if (q.count == 1 && q.term[0].kind != SEARCH_NOTHING) {
		q.term[0].not = !q.term[0].not ;
		must(count(&q) == MESSAGES - found);
	}
	search_query_free(&q);
	return 0;
}
