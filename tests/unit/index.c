/*
 * index.c - tests of mail/index.h: what is found, in which order.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "unit/index_filled.h"

/* clang-format off */
static const struct {
	const char *folder; /* of the scope; NULL: all */
	const char *query;
	int total, unread;
} questions[] = {
	{ NULL, "", 4, 3 },
	{ "", "", 2, 1 },
	{ ".ann", "", 1, 1 },
	{ ".bob", "", 2, 1 },
	{ ".nobody", "", 0, 0 },
	{ NULL, "order", 2, 1 },
	{ NULL, "ORDER 4711", 2, 1 },
	{ NULL, "\"order 4711\"", 2, 1 },
	{ NULL, "\"4711 order\"", 0, 0 },
	{ NULL, "rde", 2, 1 },
	{ NULL, "qz", 1, 1 },
	{ NULL, "qx", 1, 1 },
	{ NULL, "q", 2, 2 },
	{ NULL, "-q", 2, 1 },
	{ NULL, "%", 1, 0 },
	{ NULL, "o_d", 0, 0 },
	{ NULL, "gr\xc3\x9c\xc3\x9f" "e", 1, 0 },
	{ NULL, "\xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2", 1, 1 },
	{ NULL, "\xd1\x80\xd0\xb8", 1, 1 },
	{ NULL, "from:ann", 1, 0 },
	{ NULL, "from:ann@X.org subject:order", 1, 0 },
	{ NULL, "-from:eve", 2, 1 },
	{ NULL, "to:ann", 2, 2 },
	{ NULL, "addressed:ann", 3, 2 },
	{ NULL, "message-id:1@id", 1, 0 },
	{ NULL, "is:read", 1, 0 },
	{ NULL, "is:unread", 3, 3 },
	{ NULL, "is:tagged", 1, 1 },
	{ ".bob", "is:tagged", 2, 1 },
	{ ".bob", "tag:work", 2, 1 },
	{ NULL, "tag:\"later on\"", 1, 1 },
	{ NULL, "tag:later", 0, 0 },
	{ NULL, "has:attachment", 2, 2 },
	{ NULL, "-has:attachments", 2, 1 },
	{ NULL, "has:inline", 0, 0 },
	{ NULL, "larger:10K", 2, 2 },
	{ NULL, "larger:10K smaller:1M", 1, 1 },
	{ NULL, "larger:300", 2, 2 },
	{ NULL, "before:1970-01-01T00:00:02Z", 1, 0 },
	{ NULL, "after:1970-01-01T00:00:02Z", 3, 3 },
	{ NULL, "mailbox:bob", 2, 2 },
	{ NULL, "mailbox:ann", 1, 1 },
	{ NULL, "mailbox:inbox", 2, 1 },
	{ NULL, "-mailbox:inbox", 2, 2 },
	{ ".ann", "mailbox:bob", 1, 1 },
	{ NULL, "is:nonsense", 0, 0 },
	{ NULL, "-is:nonsense", 0, 0 },
	/* What others would make of it. */
	{ NULL, "\"') OR 1=1 --\"", 0, 0 },
	{ NULL, "NEAR(a b) AND NOT ord*", 0, 0 },
	{ NULL, "text:order {a b}", 0, 0 },
	{ NULL, "\"\xf0\x9f\x98\x80\"", 0, 0 },
};
/* clang-format on */

static int
note(void *with, const struct index_row *r)
{
	buf_addf(with, "%s%s%s ", r->file.folder,
	    r->file.folder[0] == '\0' ? "" : "/", r->id);
	return 0;
}

static const char *
list(const struct index_scope *scope, int64_t start, int64_t limit)
{
	static struct buf b;

	buf_free(&b);
	buf_init(&b, 65536);
	cr_expect_eq(index_list(x, scope, start, limit, note, &b), 0);
	return buf_str(&b);
}

Test(index, a_page_of_what_is_found)
{
	begin();
	add_all();
	for (int64_t start = 0; start < 6; start++)
		for (int64_t limit = -1; limit < 5; limit++) {
			struct search_query q;
			struct index_scope scope = { .query = &q };
			struct index_counts c;
			struct buf rows;

			search_query_read(&q, slice_of("-\"4711 order\" org"));
			buf_init(&rows, 65536);
			cr_expect_eq(index_page(x, &scope, start, limit, &c,
					 note, &rows),
			    0);
			cr_expect_str_eq(
			    buf_str(&rows), list(&scope, start, limit));
			cr_expect_eq(c.total, 4);
			cr_expect_eq(c.unread, 3);
			buf_free(&rows);
			search_query_free(&q);
		}
	end();
}

Test(index, counts_what_a_query_finds)
{
	begin();
	add_all();
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		const char *q = questions[i].query;
		struct index_counts c = count(questions[i].folder, q);
		struct search_query read;
		struct index_scope scope = { .folder = questions[i].folder,
			.query = &read };
		struct slice rows;
		int n = 0;

		cr_expect_eq(c.total, questions[i].total, "%zu %s: %d", i, q,
		    (int)c.total);
		cr_expect_eq(c.unread, questions[i].unread, "%zu %s: %d", i, q,
		    (int)c.unread);
		/* And the list is as long. */
		search_query_read(&read, slice_of(q));
		rows = slice_of(list(&scope, 0, -1));
		while (rows.n > 0)
			n += slice_cut(&rows, ' ').n > 0;
		cr_expect_eq(n, questions[i].total, "%s: %d", q, n);
		search_query_free(&read);
	}
	end();
}

Test(index, lists_the_newest_first)
{
	struct index_scope all = { .folder = NULL };
	char id[MAILDIR_ID_MAX];
	char expected[256];

	begin();
	add_all();
	maildir_id(slice_of("foreign \xff name"), id);
	snprintf(expected, sizeof(expected),
	    ".bob/%s .ann/1700000003.M0P1Q3 1700000002.M0P1Q2 "
	    "1700000001.M0P1Q1 ",
	    id);
	cr_expect_str_eq(list(&all, 0, -1), expected);
	cr_expect_str_eq(list(&all, 2, 1), "1700000002.M0P1Q2 ");
	cr_expect_str_eq(list(&all, 4, 10), "");
	cr_expect_str_eq(list(&all, 0, 0), "");
	all.before = 2000000;
	cr_expect_str_eq(list(&all, 0, 10), "1700000001.M0P1Q1 ");
	all.before = 0;
	all.after = 2;
	cr_expect_str_eq(list(&all, 1, 10), ".ann/1700000003.M0P1Q3 ");
	end();
}

static int
glance(void *with, const struct index_row *r)
{
	cr_expect_eq(r->summary.n, 0);
	cr_expect(slice_starts(r->tags, "["));
	return note(with, r);
}

Test(index, a_glance_is_a_list_without_summaries)
{
	struct index_scope all = { .folder = NULL };
	struct buf b;

	buf_init(&b, 4096);
	begin();
	add_all();
	cr_expect_eq(index_glance(x, &all, 2, glance, &b), 0);
	cr_expect_str_eq(buf_str(&b), list(&all, 0, 2));
	buf_free(&b);
	end();
}

static void
one(void *with, const struct index_row *r, struct slice document)
{
	json_t *o = json_loadb(document.p, document.n, 0, NULL), *summary;
	struct buf b;

	cr_expect(json_is_object(o));
	json_decref(o);
	buf_init(&b, 65536);
	index_summary(r, &b);
	summary = json_loadb(b.p, b.n, 0, NULL);
	cr_expect(json_is_object(summary), "%.*s", (int)b.n, b.p);
	cr_expect_str_eq(
	    json_string_value(json_object_get(summary, "ID")), r->id);
	cr_expect_eq(
	    json_boolean_value(json_object_get(summary, "Read")), r->seen);
	cr_expect(json_is_array(json_object_get(summary, "Tags")));
	json_decref(summary);
	buf_free(&b);
	snprintf(with, MAILDIR_ID_MAX, "%s", r->id);
}

Test(index, one_message)
{
	struct search_query q;
	struct index_scope all = { .folder = NULL }, bob = { .folder = ".bob" };
	char id[MAILDIR_ID_MAX];
	struct buf b;

	begin();
	cr_expect_eq(index_message(x, &all, "latest", one, id), 0);
	add_all();
	cr_expect_eq(index_message(x, &all, "1700000001.M0P1Q1", one, id), 1);
	cr_expect_str_eq(id, "1700000001.M0P1Q1");
	cr_expect_eq(index_message(x, &bob, "1700000001.M0P1Q1", one, id), 0);
	cr_expect_eq(index_message(x, &bob, "1700000003.M0P1Q3", one, id), 1);
	cr_expect_eq(index_message(x, &all, "' OR 1", one, id), 0);
	search_query_read(&q, slice_of("subject:order"));
	all.query = &q;
	cr_expect_eq(index_message(x, &all, "latest", one, id), 1);
	cr_expect_str_eq(id, "1700000002.M0P1Q2");
	search_query_free(&q);
	buf_init(&b, 4096);
	snprintf(id, sizeof(id), "1700000003.M0P1Q3");
	cr_expect_eq(index_places(x, &id, 1, NULL, note, &b), 0);
	cr_expect_str_eq(
	    buf_str(&b), ".ann/1700000003.M0P1Q3 .bob/1700000003.M0P1Q3 ");
	buf_clear(&b);
	cr_expect_eq(index_places(x, &id, 1, ".bob", note, &b), 0);
	cr_expect_str_eq(buf_str(&b), ".bob/1700000003.M0P1Q3 ");
	buf_free(&b);
	end();
}

static int
note_tag(void *with, const char *name, int64_t n)
{
	buf_addf(with, "%s=%d ", name, (int)n);
	return 0;
}

static int
note_folder(void *with, const char *name, struct slice mailbox,
    const struct index_counts *c)
{
	buf_addf(with, "%s (%.*s) %d/%d ", name, SLICE_FMT(mailbox),
	    (int)c->unread, (int)c->total);
	return 0;
}

Test(index, tags_and_folders)
{
	struct buf b;

	begin();
	add_all();
	buf_init(&b, 4096);
	cr_expect_eq(index_tags(x, NULL, note_tag, &b), 0);
	cr_expect_str_eq(buf_str(&b), "Later on=1 Work=1 ");
	buf_clear(&b);
	cr_expect_eq(index_tags(x, ".bob", note_tag, &b), 0);
	cr_expect_str_eq(buf_str(&b), "Later on=1 Work=2 ");
	buf_clear(&b);
	cr_expect_eq(index_tags(x, "", note_tag, &b), 0);
	cr_expect_str_eq(buf_str(&b), "");
	buf_clear(&b);
	cr_expect_eq(index_folders(x, note_folder, &b), 0);
	cr_expect_str_eq(
	    buf_str(&b), " (INBOX) 1/2 .ann (ann) 1/1 .bob (bob) 1/2 ");
	buf_free(&b);
	end();
}
