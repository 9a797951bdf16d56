/*
 * index.c - tests of mail/index.h and mail/index_write.h.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/index_write.h"
#include "mail/record.h"
#include "rig/rig.h"

static const char *mail;
static int root; /* its directory */
static struct index_writer *w;
static struct index *x;

static void
begin(void)
{
	const char *why = "?";

	mail = rig_place();
	root = open(mail, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	w = index_writer_open(root, &why);
	cr_assert_not_null(w);
	cr_expect_null(why);
	x = index_open(mail);
	cr_assert_not_null(x);
}

static void
end(void)
{
	index_close(x);
	index_writer_close(w);
}

/* clang-format off */
static const struct message {
	const char *folder, *name;
	long long created, size;
	const char *from, *to, *subject, *text;
	int attachments;
} messages[] = {
	{ "", "1700000001.M0P1Q1.h:2,S", 1000000, 100, "ann@x.org", "bob@y.org", "Your order 4711", "Gr\xc3\xbc\xc3\x9f" "e from ANN, 100% off", 0 },
	{ "", "1700000002.M0P1Q2.h", 2000000, 20000, "bob@y.org", "ann@x.org", "Re: your order 4711", "quoted \"words\" and qz", 1 },
	{ ".ann", "1700000003.M0P1Q3.h", 3000000, 300, "eve@z.org", "ann@x.org", "Hello", "to two mailboxes", 0 },
	{ ".bob", "1700000003.M0P1Q3.h:2,Sa", 3000000, 300, "eve@z.org", "ann@x.org", "Hello", "to two mailboxes", 0 },
	{ ".bob", "foreign \xff name:2,ab", 4000000, 3000000, "eve@z.org", "bob@y.org", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "ends in qx", 2 },
};

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

static struct maildir_file
file_of(const struct message *m)
{
	struct maildir_file f = {
		.part =
		    strchr(m->name, ':') != NULL ? MAILDIR_CUR : MAILDIR_NEW,
	};

	snprintf(f.folder, sizeof(f.folder), "%s", m->folder);
	snprintf(f.name, sizeof(f.name), "%s", m->name);
	return f;
}

static const struct maildir_keywords keywords = { .name = {
						      "Work", "Later on" } };

static void
add(const struct message *m)
{
	struct maildir_file f = file_of(m);
	struct index_new new = { .file = &f,
		.keywords = &keywords,
		.created = m->created,
		.size = m->size,
		.written = 7 };
	struct buf b;

	buf_init(&b, 65536);
	buf_addf(&b,
	    "{\"From\":{\"Name\":\"\",\"Address\":\"%s\"},\"To\":[{\"Name\":"
	    "\"\",\"Address\":\"%s\"}],\"MessageID\":\"%lld@id\",\"Subject\":",
	    m->from, m->to, m->created / 1000000);
	record_string(&b, slice_of(m->subject));
	buf_addz(&b, ",\"Attachments\":[");
	for (int i = 0; i < m->attachments; i++)
		buf_addf(&b, "%s{}", i > 0 ? "," : "");
	buf_addz(&b, "],\"SearchText\":");
	{
		struct buf all;

		buf_init(&all, 4096);
		buf_addf(
		    &all, "%s %s %s\n%s", m->subject, m->from, m->to, m->text);
		record_string(&b, buf_slice(&all));
		buf_free(&all);
	}
	buf_addc(&b, '}');
	new.document = buf_slice(&b);
	cr_assert_eq(index_add(w, &new), 0);
	buf_free(&b);
}

static void
add_all(void)
{
	cr_assert_eq(index_begin(w), 0);
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		add(&messages[i]);
	cr_assert_eq(index_commit(w), 0);
}

static struct index_counts
count(const char *folder, const char *query)
{
	struct search_query q;
	struct index_scope scope = { .folder = folder, .query = &q };
	struct index_counts c = { -1, -1 };

	search_query_read(&q, slice_of(query));
	cr_expect_eq(index_count(x, &scope, &c), 0, "%s", query);
	search_query_free(&q);
	return c;
}

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

/* What is kept in numbers is what counting would say: "before the end of
 * time" is a question that no number is kept for. */
static void
expect_tally(const char *folder)
{
	struct index_scope kept = { .folder = folder };
	struct index_scope counted = { .folder = folder, .before = INT64_MAX };
	struct index_counts a, b;

	cr_expect_eq(index_count(x, &kept, &a), 0);
	cr_expect_eq(index_count(x, &counted, &b), 0);
	cr_expect_eq(a.total, b.total, "%s: %d, not %d", folder, (int)a.total,
	    (int)b.total);
	cr_expect_eq(a.unread, b.unread, "%s: %d, not %d", folder,
	    (int)a.unread, (int)b.unread);
}

static void
expect_tallies(void)
{
	static const char *const folders[] = { NULL, "", ".ann", ".bob",
		".nobody", "all" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		expect_tally(folders[i]);
}

static void
set_flags(const struct message *m, const char *name)
{
	struct maildir_file f = file_of(m);
	struct index_known k;

	cr_assert_eq(index_begin(w), 0);
	cr_assert_eq(index_knows(w, &f, &k), 1);
	snprintf(f.name, sizeof(f.name), "%s", name);
	f.part = MAILDIR_CUR;
	cr_assert_eq(index_moved(w, k.n, &f, &keywords), 0);
	cr_assert_eq(index_commit(w), 0);
	expect_tallies();
}

static void
remove_one(int64_t n)
{
	cr_assert_eq(index_begin(w), 0);
	cr_expect_eq(index_remove(w, n), 0);
	cr_assert_eq(index_commit(w), 0);
	expect_tallies();
}

Test(index, keeps_count)
{
	begin();
	expect_tallies();
	add_all();
	expect_tallies();
	set_flags(&messages[1], "1700000002.M0P1Q2.h:2,S");
	set_flags(&messages[2], "1700000003.M0P1Q3.h:2,S");
	set_flags(&messages[3], "1700000003.M0P1Q3.h:2,");
	/* The place that counts for the message goes, and the other counts. */
	remove_one(3);
	cr_expect_eq(count(NULL, "").unread, 2);
	set_flags(&messages[3], "1700000003.M0P1Q3.h:2,S");
	for (int64_t n = 1; n <= 5; n++)
		remove_one(n);
	cr_expect_eq(count(NULL, "").total, 0);
	end();
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
	cr_expect_eq(index_places(x, "1700000003.M0P1Q3", NULL, note, &b), 0);
	cr_expect_str_eq(
	    buf_str(&b), ".ann/1700000003.M0P1Q3 .bob/1700000003.M0P1Q3 ");
	buf_clear(&b);
	cr_expect_eq(index_places(x, "1700000003.M0P1Q3", ".bob", note, &b), 0);
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

/* With the row that is listed gone, the other place of the message is. */
Test(index, removes)
{
	struct maildir_file f = file_of(&messages[2]);
	struct index_known k;

	begin();
	add_all();
	cr_assert_eq(index_begin(w), 0);
	cr_assert_eq(index_knows(w, &f, &k), 1);
	cr_expect(k.same);
	cr_expect_eq(k.size, 300);
	cr_expect_eq(k.written, 7);
	cr_expect_eq(index_remove(w, k.n), 0);
	cr_expect_eq(index_knows(w, &f, &k), 0);
	/* Nobody else sees it before it is committed. */
	cr_expect_eq(count(".ann", "").total, 1);
	cr_expect_eq(index_commit(w), 0);
	cr_expect_eq(count(".ann", "").total, 0);
	cr_expect_eq(count(NULL, "").total, 4);
	cr_expect_eq(count(NULL, "mailboxes").total, 1);
	cr_expect_eq(count(NULL, "mailbox:bob").total, 2);
	/* Swept bit by bit, and the words are not found any more. */
	cr_assert_eq(index_begin(w), 0);
	cr_expect_eq(index_sweep(w), 0);
	cr_expect_eq(index_commit(w), 0);
	cr_expect_eq(count(NULL, "mailboxes").total, 1);
	cr_assert_eq(index_begin(w), 0);
	for (int64_t n = 1; n <= 5; n++)
		cr_expect_eq(index_remove(w, n), 0);
	cr_expect_eq(index_sweep(w), 0);
	cr_expect_eq(index_commit(w), 0);
	cr_expect_eq(count(NULL, "").total, 0);
	cr_expect_eq(count(NULL, "order").total, 0);
	add_all();
	cr_expect_eq(count(NULL, "order").total, 2);
	end();
}

Test(index, moves)
{
	struct maildir_file f = file_of(&messages[1]);
	struct index_known k;

	begin();
	add_all();
	cr_assert_eq(index_begin(w), 0);
	snprintf(f.name, sizeof(f.name), "1700000002.M0P1Q2.h:2,Sb");
	f.part = MAILDIR_CUR;
	cr_assert_eq(index_knows(w, &f, &k), 1);
	cr_expect_not(k.same);
	cr_expect_str_eq(k.file.name, "1700000002.M0P1Q2.h");
	cr_expect_eq(index_moved(w, k.n, &f, &keywords), 0);
	cr_expect_eq(index_commit(w), 0);
	cr_expect_eq(count("", "is:unread").total, 0);
	cr_expect_eq(count("", "tag:\"LATER ON\"").total, 1);
	end();
}

Test(index, what_is_rolled_back_never_was)
{
	struct index_state before, after;

	begin();
	cr_expect_eq(index_state(x, &before), 0);
	cr_assert_eq(index_begin(w), 0);
	add(&messages[0]);
	index_rollback(w);
	cr_expect_eq(count(NULL, "").total, 0);
	cr_expect_eq(index_state(x, &after), 0);
	cr_expect_eq(before.generation, after.generation);
	add_all();
	cr_expect_eq(index_state(x, &after), 0);
	cr_expect_gt(after.generation, before.generation);
	cr_expect_not(after.complete);
	cr_assert_eq(index_begin(w), 0);
	cr_expect_eq(index_complete(w), 0);
	cr_expect_eq(index_commit(w), 0);
	cr_expect_eq(index_state(x, &after), 0);
	cr_expect(after.complete);
	end();
}

Test(index, holds_one_state)
{
	begin();
	add_all();
	cr_assert_eq(index_hold(x), 0);
	cr_expect_eq(count(NULL, "").total, 4);
	/* The writer cannot commit meanwhile, and says so. */
	cr_assert_eq(index_begin(w), 0);
	cr_expect_eq(index_remove(w, 1), 0);
	cr_expect_eq(index_commit(w), INDEX_BUSY);
	cr_expect_eq(count(NULL, "").total, 4);
	/* It goes on in another file, with all that was there. */
	cr_expect_eq(index_renew(w, INDEX_BUSY), 0);
	cr_assert_eq(index_begin(w), 0);
	cr_expect_eq(index_remove(w, 1), 0);
	cr_expect_eq(index_commit(w), 0);
	cr_expect_eq(count(NULL, "").total, 4);
	index_let(x);
	cr_expect_eq(count(NULL, "").total, 3);
	end();
}

Test(index, is_absent_busy_or_broken)
{
	struct index_scope all = { .folder = NULL };
	struct index_counts c;
	const char *why;

	mail = rig_place();
	root = open(mail, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_expect_null(index_open(rig_in(mail, "nowhere")));
	x = index_open(mail);
	cr_assert_not_null(x);
	cr_expect_eq(index_count(x, &all, &c), INDEX_ABSENT);
	rig_file(mail, INDEX_FILE,
	    "rubbish that is long enough to be a header"
	    "................................"
	    "................................");
	cr_expect_eq(index_count(x, &all, &c), INDEX_BROKEN);
	w = index_writer_open(root, &why);
	cr_assert_not_null(w);
	cr_expect_not_null(why);
	cr_expect_eq(index_count(x, &all, &c), 0);
	cr_expect(index_is_sound(w));
	errno = 0;
	cr_expect_null(index_writer_open(root, &why));
	cr_expect_eq(errno, EWOULDBLOCK);
	cr_assert_eq(unlink(rig_in(mail, INDEX_FILE)), 0);
	cr_expect_eq(index_count(x, &all, &c), INDEX_ABSENT);
	cr_expect_not(index_is_sound(w));
	cr_expect_eq(index_renew(w, INDEX_BROKEN), 0);
	cr_expect_eq(index_count(x, &all, &c), 0);
	end();
}

/* Nobody has us write elsewhere. */
Test(index, follows_no_links)
{
	const char *why, *other = rig_place();

	mail = rig_place();
	root = open(mail, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_eq(symlink(other, rig_in(mail, INDEX_DIR)), 0);
	cr_expect_null(index_writer_open(root, &why));
	cr_expect_neq(access(rig_in(other, "index.db"), F_OK), 0);
	cr_assert_eq(unlink(rig_in(mail, INDEX_DIR)), 0);
	cr_assert_eq(mkdir(rig_in(mail, INDEX_DIR), 0700), 0);
	rig_file(other, "victim", "precious");
	cr_assert_eq(
	    symlink(rig_in(other, "victim"), rig_in(mail, INDEX_FILE)), 0);
	cr_assert_eq(
	    symlink(rig_in(other, "victim"), rig_in(mail, INDEX_FILE ".new")),
	    0);
	w = index_writer_open(root, &why);
	cr_assert_not_null(w);
	index_writer_close(w);
	{
		struct buf b;

		buf_init(&b, 100);
		cr_assert_eq(rig_slurp(rig_in(other, "victim"), &b), 0);
		cr_expect(slice_is(buf_slice(&b), "precious"));
	}
}

static void
copy(const char *from, const char *to)
{
	struct buf b;
	int fd;

	buf_init(&b, 16 << 20);
	cr_assert_eq(rig_slurp(rig_in(mail, from), &b), 0);
	fd = open(
	    rig_in(mail, to), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, b.p, b.n), (ssize_t)b.n);
	close(fd);
	buf_free(&b);
}

/* A process that may move files, and write some, has put its own there. */
Test(index, is_what_the_indexer_has_made)
{
	struct index_counts c;
	struct index_scope all = { .folder = NULL };
	const char *why = NULL;
	struct index *by_root;

	begin();
	add_all();
	by_root = index_open_at(root);
	cr_assert_eq(index_count(by_root, &all, &c), 0);
	copy(INDEX_FILE, INDEX_DIR "/theirs");
	cr_assert_eq(
	    rename(rig_in(mail, INDEX_DIR "/theirs"), rig_in(mail, INDEX_FILE)),
	    0);
	cr_expect_eq(index_count(by_root, &all, &c), INDEX_ABSENT);
	cr_expect_not(index_is_sound(w));
	cr_expect_eq(index_renew(w, INDEX_BROKEN), 0);
	cr_expect(index_is_sound(w));
	cr_assert_eq(index_count(by_root, &all, &c), 0);
	cr_expect_eq(c.total, 0); /* it is filled again */
	/* One that a new indexer finds. */
	index_writer_close(w);
	copy(INDEX_FILE, INDEX_DIR "/theirs");
	cr_assert_eq(
	    rename(rig_in(mail, INDEX_DIR "/theirs"), rig_in(mail, INDEX_FILE)),
	    0);
	w = index_writer_open(root, &why);
	cr_assert_not_null(w);
	cr_expect_not_null(why);
	index_close(by_root);
	end();
}

/* A journal that would put other pages into it. */
Test(index, plays_no_journal_of_others)
{
	struct stat st;

	begin();
	add_all();
	rig_file(mail, INDEX_FILE "-journal",
	    "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\xff\xff\xff\xff and so on");
	cr_assert_eq(index_begin(w), 0);
	cr_assert_eq(index_complete(w), 0);
	cr_assert_eq(index_commit(w), 0);
	cr_expect(index_is_sound(w));
	cr_expect_eq(count(NULL, "order").total, 2);
	cr_expect_neq(stat(rig_in(mail, INDEX_FILE "-journal"), &st), 0);
	end();
}
