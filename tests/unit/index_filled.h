/*
 * index_filled.h - an index of five messages, for each test anew: four, for one
 * of them lies in two folders.
 */
#ifndef INDEX_FILLED_H
#define INDEX_FILLED_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "mail/index_write.h"
#include "mail/record.h"
#include "rig/rig.h"

static const char *mail;
static int root; /* its directory */
static struct index_writer *w;
static struct index *x;

static inline void
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

static inline void
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
/* clang-format on */

static inline struct maildir_file
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

static inline void
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

static inline void
add_all(void)
{
	cr_assert_eq(index_begin(w), 0);
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		add(&messages[i]);
	cr_assert_eq(index_commit(w), 0);
}

static inline struct index_counts
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

#endif
