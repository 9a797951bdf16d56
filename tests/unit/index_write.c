/*
 * index_write.c - tests of mail/index_write.h: what the index holds after
 * messages have come, changed and gone.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "unit/index_filled.h"

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

Test(index_write, keeps_count)
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

/* With the row that is listed gone, the other place of the message is. */
Test(index_write, removes)
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

Test(index_write, moves)
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

Test(index_write, what_is_rolled_back_never_was)
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

Test(index_write, holds_one_state)
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
